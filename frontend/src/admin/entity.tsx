import type { CallOptions } from "@connectrpc/connect";
import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams, type LinkProps } from "@tanstack/react-router";
import { Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/design/button";
import { Failure, Loading, Skeleton } from "@/design/states";
import { toast } from "@/design/toast";
import { Ask } from "./ask";
import { FormFrame, useForm, type Form } from "./form";
import { Columns, Facts, Page, Section } from "./frame";
import { Changed } from "./titles/chips";
import { useAdminT } from "./texts";
import type { Timestamp } from "@bufbuild/protobuf/wkt";

/** What the things that editors make have in common. */
interface Stored {
  id: string;
  version: number;
  createTime?: Timestamp | undefined;
  updateTime?: Timestamp | undefined;
}

interface EntityProps<Desc extends DescMessage> {
  /** Names it in the cache. */
  name: string;
  schema: Desc;
  /** The field of requests that holds it. */
  prefix: string;
  path: "/admin/people/$id" | "/admin/collections/$id" | "/admin/playlists/$id" | "/admin/channels/$id" | "/admin/plans/$id" | "/admin/rules/$id" | "/admin/coupons/$id" | "/admin/search/synonyms/$id" | "/admin/search/pins/$id" | "/admin/webhooks/$id";
  back: { link: LinkProps; label: string };
  /** The heading of a new one. */
  fresh: string;
  get: (id: string, options?: CallOptions) => Promise<MessageShape<Desc> & Stored>;
  make: () => MessageShape<Desc> & Stored;
  create: (value: MessageShape<Desc> & Stored, options: CallOptions) => Promise<MessageShape<Desc> & Stored>;
  update: (value: MessageShape<Desc> & Stored) => Promise<MessageShape<Desc> & Stored>;
  remove: (value: MessageShape<Desc> & Stored) => Promise<unknown>;
  /** What deleting it does. */
  gone: string;
  nameOf: (value: MessageShape<Desc> & Stored) => string;
  label?: (field: string) => string;
  /** Fields that are not written in the form: where somebody else saved, theirs stay. */
  given?: readonly string[];
  children: (form: Form<MessageShape<Desc> & Stored>, isNew: boolean) => ReactNode;
  side?: (form: Form<MessageShape<Desc> & Stored>, isNew: boolean) => ReactNode;
  /** Under the form, once it is stored. */
  more?: (stored: MessageShape<Desc> & Stored) => ReactNode;
}

/** A page that makes, shows, changes and deletes one thing. */
export function Entity<Desc extends DescMessage>(props: EntityProps<Desc>) {
  const { id = "" } = useParams({ strict: false }) as { id?: string };
  const { name, get, back, fresh, make } = props;
  const found = useQuery({ queryKey: ["admin", name, "one", id], queryFn: ({ signal }) => get(id, { signal }), enabled: id !== "new", staleTime: 0, refetchOnWindowFocus: false });
  if (id === "new") return <Editor {...props} key="new" stored={make()} />;
  if (found.isError)
    return (
      <Page title={fresh} back={back}>
        <Failure error={found.error} onRetry={() => void found.refetch()} />
      </Page>
    );
  if (!found.data)
    return (
      <Page title="…" back={back}>
        <Loading onRetry={() => void found.refetch()}>
          <Skeleton height="24rem" />
        </Loading>
      </Page>
    );
  return <Editor {...props} key={id} stored={found.data} />;
}

function Editor<Desc extends DescMessage>({ name, schema, prefix, path, back, fresh, get, create, update, remove, gone, nameOf, label, given = [], children, side, more, stored }: EntityProps<Desc> & { stored: MessageShape<Desc> & Stored }) {
  const t = useAdminT();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const form = useForm(stored, prefix);
  const isNew = stored.id === "";
  const save = async (value: MessageShape<Desc>) => {
    const wanted = value as MessageShape<Desc> & Stored;
    const answer = isNew ? await create(wanted, form.key) : await update(wanted);
    form.settle(answer, wanted);
    toast(t("form.saved"));
    queries.setQueryData(["admin", name, "one", answer.id], answer);
    void queries.invalidateQueries({ queryKey: ["admin"], predicate: ({ queryKey }) => queryKey[2] !== "one" });
    if (isNew) await navigate({ to: path, params: { id: answer.id }, replace: true });
  };
  return (
    <Page title={nameOf(form.value) || fresh} back={back}>
      <Columns
        aside={
          <>
            {side?.(form, isNew)}
            {!isNew && (
              <Section title={t("title.facts")}>
                <Facts
                  facts={[
                    [t("title.version"), String(form.value.version)],
                    [t("titles.changed"), <Changed key="c" time={form.value.updateTime} />],
                    [t("title.created"), <Changed key="m" time={form.value.createTime} />],
                  ]}
                />
                <div>
                  <Ask
                    verb={t("delete")}
                    icon={<Trash2 size={16} aria-hidden />}
                    title={t("title.deleteTitle", { name: nameOf(stored) })}
                    effect={gone}
                    done={t("title.deleted", { name: nameOf(stored) })}
                    run={() => remove(form.value)}
                    then={() => {
                      form.settle(form.value);
                      void navigate(back.link as never);
                    }}
                  />
                </div>
              </Section>
            )}
          </>
        }
      >
        <FormFrame
          form={form as unknown as Form<MessageShape<Desc>>}
          verb={t(isNew ? "form.create" : "form.save")}
          onSave={save}
          conflicts={{ schema, theirs: () => get(stored.id), label: label ?? ((field) => field), given }}
          extra={
            !isNew &&
            form.touched && (
              <Button tone="quiet" onClick={() => form.settle(stored)}>
                {t("form.revert")}
              </Button>
            )
          }
        >
          {children(form, isNew)}
        </FormFrame>
        {!isNew && more?.(stored)}
      </Columns>
    </Page>
  );
}

/** What an answer must have; without it, it is none. */
export function there<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error("an answer without what was asked for");
  return value;
}
