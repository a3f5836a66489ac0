import { useQuery } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { Chip, Failure, Skeleton } from "@/design/states";
import { ButtonLink } from "@/design/button";
import { TextField } from "@/design/field";
import { dateTime } from "@/i18n/format";
import { useAddress } from "../address";
import { Ask } from "../ask";
import { searchAdmin } from "../clients/searchAdmin";
import { Facts, Page, Section } from "../frame";
import { useAdminT } from "../texts";
import { Found } from "./found";

/** The index, and what a search finds and why. Each way of tuning it has a page of its own. */
export function Searching() {
  const t = useAdminT();
  return (
    <Page
      title={t("searching")}
      actions={
        <>
          <ButtonLink small to="/admin/search/queries">
            {t("queries")}
          </ButtonLink>
          <ButtonLink small to="/admin/search/synonyms">
            {t("synonyms")}
          </ButtonLink>
          <ButtonLink small to="/admin/search/pins">
            {t("pins")}
          </ButtonLink>
        </>
      }
    >
      <Index />
      <Try />
    </Page>
  );
}

function Index() {
  const t = useAdminT();
  const found = useQuery({ queryKey: ["admin", "index"], queryFn: ({ signal }) => searchAdmin.getIndexStatus({}, { signal }), refetchInterval: 10_000 });
  const status = found.data;
  return (
    <Section
      title={t("index")}
      actions={
        <Ask
          verb={t("index.rebuild")}
          tone="primary"
          small
          icon={<RefreshCw size={16} aria-hidden />}
          title={t("index.rebuildTitle")}
          effect={t("index.rebuildText")}
          done={t("index.rebuilt")}
          run={() => searchAdmin.rebuildIndex({}, { timeoutMs: 600_000 })}
        />
      }
    >
      {found.isError ? (
        <Failure error={found.error} onRetry={() => void found.refetch()} />
      ) : !status ? (
        <Skeleton height="4rem" />
      ) : (
        <Facts
          facts={[
            [t("titles.status"), status.degraded ? <Chip tone="danger">{t("index.degraded")}</Chip> : status.rebuilding ? <Chip tone="warn">{t("index.rebuilding")}</Chip> : <Chip tone="ok">{t("index.ok")}</Chip>],
            [t("index.documents"), String(status.documents)],
            [t("index.lag"), String(status.lagEvents)],
            [t("index.time"), dateTime(status.indexedTime)],
            [t("index.backend"), status.backend],
          ]}
        />
      )}
    </Section>
  );
}

function Try() {
  const t = useAdminT();
  const { search, narrow } = useAddress();
  const [text, setText] = useState(search.q ?? "");
  const q = useDeferredValue(text.trim());
  return (
    <Section title={t("try")} text={t("try.text")}>
      <div style={{ maxInlineSize: "30rem" }}>
        <TextField label={t("try.query")} type="search" dir="auto" value={text} onChange={(event) => setText(event.target.value)} onBlur={() => narrow({ q: text.trim() })} />
      </div>
      <Found q={q} />
    </Section>
  );
}
