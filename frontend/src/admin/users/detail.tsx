import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import { Ban, Trash2 } from "lucide-react";
import { OrderStatus, type Purchase, type Rental } from "@gen/streamverse/rights/v1/orders_pb";
import { InvoiceLineKind, InvoiceStatus, type InvoiceLine } from "@gen/streamverse/rights/v1/billing_pb";
import { SubscriptionStatus, type Subscription } from "@gen/streamverse/rights/v1/rights_pb";
import { ManagedUserSchema, type ManagedUser } from "@gen/streamverse/users/v1/accounts_pb";
import { UserStatus } from "@gen/streamverse/users/v1/users_pb";
import { Avatar } from "@/artwork";
import { Button, ButtonLink } from "@/design/button";
import { Chip, Failure, Loading, Skeleton } from "@/design/states";
import { toast } from "@/design/toast";
import { useT } from "@/i18n";
import { date, dateTime, money } from "@/i18n/format";
import { rights } from "@/wire/clients/rights";
import { useSession } from "@/wire/session";
import { Ask } from "../ask";
import { ifMatch } from "../clients/ifMatch";
import { orderAdmin } from "../clients/orderAdmin";
import { support } from "../clients/support";
import { userAdmin } from "../clients/userAdmin";
import { there } from "../entity";
import { FormFrame, formStyles, Text, useForm } from "../form";
import { Columns, Facts, Page, Section } from "../frame";
import { useMay } from "../navigation";
import { listPayments, usePaymentColumns } from "../payments/page";
import { Table } from "../table";
import { useAdminT, type AdminTextKey } from "../texts";
import { UserState } from "./page";
import { Roles } from "./roles";
import css from "../people/people.module.css";

async function load(id: string, signal?: AbortSignal): Promise<ManagedUser> {
  return there((await userAdmin.adminGetUser({ userId: id }, { ...(signal ? { signal } : {}) })).user);
}

/** What support sees of an account, and what it may do about it. */
export function AccountPage() {
  const t = useAdminT();
  const { id = "" } = useParams({ strict: false }) as { id?: string };
  const found = useQuery({ queryKey: ["admin", "account", id], queryFn: ({ signal }) => load(id, signal), staleTime: 0, refetchOnWindowFocus: false });
  const back = { link: { to: "/admin/accounts" as const }, label: t("accounts") };
  if (found.isError)
    return (
      <Page title={t("accounts.one")} back={back}>
        <Failure error={found.error} onRetry={() => void found.refetch()} />
      </Page>
    );
  if (!found.data)
    return (
      <Page title={t("accounts.one")} back={back}>
        <Loading>
          <Skeleton height="24rem" />
        </Loading>
      </Page>
    );
  return (
    <Page title={found.data.email} back={back}>
      {/* Another version is another account to write; what is being written is kept by the form itself. */}
      <Columns aside={<Side user={found.data} />}>
        <Names key={`${found.data.id} ${found.data.status}`} user={found.data} />
        <Subscriptions id={id} />
        <Orders id={id} />
        <Invoices id={id} />
        <Paid id={id} />
      </Columns>
    </Page>
  );
}

function Names({ user }: { user: ManagedUser }) {
  const t = useAdminT();
  const may = useMay();
  const queries = useQueryClient();
  const form = useForm(user, "user");
  if (!may("operations"))
    return (
      <Section title={t("accounts.one")}>
        <Facts
          facts={[
            [t("accounts.name"), user.name],
            [t("accounts.username"), user.username],
          ]}
        />
      </Section>
    );
  return (
    <FormFrame
      form={form}
      verb={t("form.save")}
      conflicts={{ schema: ManagedUserSchema, theirs: () => load(user.id), label: (field) => (field === "name" ? t("accounts.name") : field === "username" ? t("accounts.username") : field === "status" ? t("titles.status") : field) }}
      onSave={async (value) => {
        const stored = there((await userAdmin.updateUser({ userId: value.id, user: { ...value, profiles: [] } })).user);
        const next = { ...stored, profiles: value.profiles };
        form.settle(next, value);
        queries.setQueryData(["admin", "account", user.id], next);
        toast(t("form.saved"));
        void queries.invalidateQueries({ queryKey: ["admin", "accounts"] });
      }}
    >
      <Section title={t("accounts.one")}>
        <div className={formStyles.grid}>
          <Text form={form} at="name" label={t("accounts.name")} required />
          <Text form={form} at="username" label={t("accounts.username")} hint={t("accounts.usernameHint")} />
        </div>
      </Section>
    </FormFrame>
  );
}

function Side({ user }: { user: ManagedUser }) {
  const t = useAdminT();
  const may = useMay();
  const me = useSession();
  const navigate = useNavigate();
  const blocked = user.status === UserStatus.BLOCKED;
  const set = (status: UserStatus) => userAdmin.updateUser({ userId: user.id, user: { ...user, profiles: [], status }, updateMask: { paths: ["status"] } });
  return (
    <>
      <Section title={t("titles.status")}>
        <div>
          <UserState status={user.status} />
        </div>
        <Facts
          facts={[
            [t("title.created"), dateTime(user.createTime)],
            [t("titles.changed"), dateTime(user.updateTime)],
            [t("accounts.id"), <bdi key="i">{user.id}</bdi>],
          ]}
        />
        {may("operations") && (
          <div className="row">
            {user.id === me?.userId ? (
              <p className="second">{t("accounts.yours")}</p>
            ) : (
              <>
                {blocked ? (
                  <Ask verb={t("accounts.unblockOne")} tone="primary" title={t("accounts.unblockTitle", { name: user.email })} effect={t("accounts.unblockText")} done={t("accounts.unblocked")} run={() => set(UserStatus.ACTIVE)} />
                ) : (
                  <Ask verb={t("accounts.blockOne")} icon={<Ban size={16} aria-hidden />} title={t("accounts.blockTitle", { name: user.email })} effect={t("accounts.blockText")} done={t("accounts.wasBlocked")} run={() => set(UserStatus.BLOCKED)} />
                )}
                <Ask
                  verb={t("accounts.deleteOne")}
                  icon={<Trash2 size={16} aria-hidden />}
                  title={t("title.deleteTitle", { name: user.email })}
                  effect={t("accounts.deleteText")}
                  typed={user.email}
                  done={t("title.deleted", { name: user.email })}
                  run={() => userAdmin.deleteUser({ userId: user.id }, ifMatch(user.version))}
                  then={() => void navigate({ to: "/admin/accounts" })}
                />
              </>
            )}
          </div>
        )}
        {may("operations") && (
          <div>
            <ButtonLink small to="/admin/audit" search={{ actor: user.id }}>
              {t("accounts.acts")}
            </ButtonLink>
          </div>
        )}
      </Section>
      {may("operations") && <Roles id={user.id} name={user.email} />}
      <Section title={t("accounts.profiles")}>
        <ul className="stack">
          {user.profiles.map((profile) => (
            <li key={profile.id} className="row">
              <span className={css.name}>
                <span className={css.face}>
                  <Avatar name={profile.name} id={profile.id} />
                </span>
                <span dir="auto">{profile.name}</span>
              </span>
              {profile.isKids && <Chip>{t("accounts.kids")}</Chip>}
              {profile.hasPin && <Chip>{t("accounts.pin")}</Chip>}
              {profile.isDefault && <Chip>{t("accounts.default")}</Chip>}
            </li>
          ))}
        </ul>
      </Section>
    </>
  );
}

const SUBSCRIBED: Partial<Record<SubscriptionStatus, [AdminTextKey, ("ok" | "warn")?]>> = {
  [SubscriptionStatus.UNSPECIFIED]: ["subscription.pending"],
  [SubscriptionStatus.PENDING]: ["subscription.pending", "warn"],
  [SubscriptionStatus.ACTIVE]: ["subscription.active", "ok"],
  [SubscriptionStatus.ENDED]: ["subscription.ended"],
  [SubscriptionStatus.DECLINED]: ["subscription.declined"],
  [SubscriptionStatus.PAST_DUE]: ["subscription.unpaid", "warn"],
  [SubscriptionStatus.ON_HOLD]: ["subscription.suspended", "warn"],
};

function State({ of: [label, tone] }: { of: [AdminTextKey, ("ok" | "warn")?] }) {
  const t = useAdminT();
  return <Chip {...(tone ? { tone } : {})}>{t(label)}</Chip>;
}

function Subscriptions({ id }: { id: string }) {
  const t = useAdminT();
  const may = useMay();
  const plans = useOffered();
  const found = useMore(["admin", "account-subscriptions", id], (pageToken, signal) => support.adminListSubscriptions({ accountId: id, pageSize: 20, pageToken }, { signal }));
  const overdue = (row: Subscription) => row.status === SubscriptionStatus.PAST_DUE || row.status === SubscriptionStatus.ON_HOLD;
  // What is overdue is tried again, and opens titles meanwhile: it can be ended as well.
  const running = (row: Subscription) => row.status === SubscriptionStatus.ACTIVE || row.status === SubscriptionStatus.PENDING || overdue(row);
  return (
    <Section title={t("accounts.subscriptions")}>
      <More found={found} none={t("accounts.noSubscriptions")}>
        {(rows) => (
          <Table
            caption={t("accounts.subscriptions")}
            rows={rows}
            idOf={(row) => row.id}
            nameOf={(row) => row.plan?.name ?? ""}
            columns={[
              { id: "plan", label: t("plans.name"), cell: (row) => <b dir="auto">{row.plan?.name}</b> },
              { id: "price", label: t("plans.price"), end: true, cell: (row) => (row.plan ? money(row.plan.priceMinor, row.plan.currency) : "") },
              { id: "status", label: t("titles.status"), cell: (row) => <State of={(SUBSCRIBED[row.status] ?? ["subscription.active"])} /> },
              { id: "until", label: t("accounts.until"), cell: (row) => date(row.periodEnd) },
              { id: "then", label: t("accounts.then"), cell: (row) => (overdue(row) ? (row.pastDue?.nextTryTime ? t("accounts.triedAgain", { time: dateTime(row.pastDue.nextTryTime) }) : t("accounts.lastTry")) : running(row) ? (row.trialEndTime && timestampDate(row.trialEndTime) > new Date() ? t("accounts.trial") : row.nextPlanId ? t("accounts.next", { plan: plans.find((plan) => plan.id === row.nextPlanId)?.name ?? row.nextPlanId }) : t(row.cancelAtPeriodEnd ? "accounts.ends" : "accounts.renews")) : "") },
              {
                id: "end",
                label: t("actions"),
                cell: (row) =>
                  may("operations") && running(row) ? (
                    <Ask
                      small
                      verb={t("subscription.end")}
                      title={t("subscription.endTitle", { name: row.plan?.name ?? "" })}
                      effect={t("subscription.endText")}
                      choice={{ label: t("subscription.refund"), initially: false }}
                      done={t("subscription.wasEnded")}
                      run={(refund) => support.endSubscription({ id: row.id, refund })}
                    />
                  ) : (
                    ""
                  ),
              },
            ]}
          />
        )}
      </More>
    </Section>
  );
}

const ORDERED: Record<OrderStatus, [AdminTextKey, ("ok" | "warn")?]> = {
  [OrderStatus.UNSPECIFIED]: ["order.pending"],
  [OrderStatus.PENDING]: ["order.pending", "warn"],
  [OrderStatus.ACTIVE]: ["order.active", "ok"],
  [OrderStatus.EXPIRED]: ["order.expired"],
  [OrderStatus.DECLINED]: ["order.declined"],
  [OrderStatus.REFUNDED]: ["order.refunded"],
};

function Orders({ id }: { id: string }) {
  const t = useAdminT();
  const may = useMay();
  const found = useMore(["admin", "account-orders", id], (pageToken, signal) => support.adminListOrders({ accountId: id, pageSize: 20, pageToken }, { signal }));
  return (
    <Section title={t("accounts.orders")}>
      <More found={found} none={t("accounts.noOrders")}>
        {(orders) => (
          <Table
            caption={t("accounts.orders")}
            rows={orders.map(({ purchase, rental }) => ({ one: (purchase ?? rental) as Purchase | Rental, rental })).filter(({ one }) => one)}
            idOf={({ one }) => one.id}
            nameOf={({ one }) => one.title}
            columns={[
              { id: "title", label: t("titles.name"), cell: ({ one }) => <b dir="auto">{one.title}</b> },
              { id: "kind", label: t("order.kind"), cell: ({ rental }) => (rental ? t("order.rental", { count: rental.durationHours }) : t("order.purchase")) },
              { id: "price", label: t("payments.sum"), end: true, cell: ({ one }) => money(one.priceMinor, one.currency) },
              { id: "status", label: t("titles.status"), cell: ({ one }) => <State of={ORDERED[one.status]} /> },
              { id: "time", label: t("payments.time"), cell: ({ one }) => dateTime(one.createTime) },
              { id: "until", label: t("accounts.until"), cell: ({ rental }) => (rental?.expireTime ? dateTime(rental.expireTime) : "") },
              {
                id: "refund",
                label: t("actions"),
                cell: ({ one }) =>
                  may("operations") && (one.status === OrderStatus.ACTIVE || one.status === OrderStatus.EXPIRED) ? (
                    <Ask small verb={t("order.refund")} title={t("order.refundTitle", { sum: money(one.priceMinor, one.currency), name: one.title })} effect={t("order.refundText")} done={t("order.wasRefunded")} run={() => orderAdmin.refundOrder({ id: one.id })} />
                  ) : (
                    ""
                  ),
              },
            ]}
          />
        )}
      </More>
    </Section>
  );
}

const INVOICED: Record<InvoiceStatus, [AdminTextKey, ("ok" | "warn")?]> = {
  [InvoiceStatus.UNSPECIFIED]: ["invoice.open"],
  [InvoiceStatus.OPEN]: ["invoice.open", "warn"],
  [InvoiceStatus.PAID]: ["invoice.paid", "ok"],
  [InvoiceStatus.DECLINED]: ["invoice.declined"],
  [InvoiceStatus.VOID]: ["invoice.void"],
  [InvoiceStatus.REFUNDED]: ["invoice.refunded"],
};

function Line({ line, currency }: { line: InvoiceLine; currency: string }) {
  const t = useAdminT();
  const words: Partial<Record<InvoiceLineKind, string>> = {
    [InvoiceLineKind.UNUSED_TIME]: t("invoice.unused", { name: line.description }),
    [InvoiceLineKind.COUPON]: t("invoice.coupon", { name: line.description }),
    [InvoiceLineKind.CREDIT]: t("invoice.credit"),
    [InvoiceLineKind.CREDIT_CARRIED]: t("invoice.carried"),
  };
  return (
    <div>
      <span dir="auto">{words[line.kind] ?? line.description}</span> <bdi className="quiet num">{money(Number(line.amountMinor), currency)}</bdi>
    </div>
  );
}

function Invoices({ id }: { id: string }) {
  const t = useAdminT();
  const found = useMore(["admin", "account-invoices", id], (pageToken, signal) => support.adminListInvoices({ accountId: id, pageSize: 20, pageToken }, { signal }));
  const credits = (found.data?.pages[0] as { credits?: { amountMinor: bigint; currency: string }[] } | undefined)?.credits ?? [];
  return (
    <Section title={t("accounts.invoices")} text={credits.length > 0 ? t("accounts.credit", { sum: credits.map((one) => money(Number(one.amountMinor), one.currency)).join(", ") }) : undefined}>
      <More found={found} none={t("accounts.noInvoices")}>
        {(rows) => (
          <Table
            caption={t("accounts.invoices")}
            rows={rows}
            idOf={(row) => row.id}
            nameOf={(row) => row.lines[0]?.description ?? ""}
            // An invoice has the id of its payment.
            open={(row) => ({ to: "/admin/payments/$id", params: { id: row.id } })}
            columns={[
              { id: "time", label: t("payments.time"), cell: (row) => dateTime(row.createTime) },
              { id: "lines", label: t("invoice.lines"), cell: (row) => <div>{row.lines.map((line, index) => <Line key={index} line={line} currency={row.currency} />)}</div> },
              { id: "sum", label: t("payments.sum"), end: true, cell: (row) => money(row.totalMinor, row.currency) },
              { id: "status", label: t("titles.status"), cell: (row) => <State of={INVOICED[row.status]} /> },
            ]}
          />
        )}
      </More>
    </Section>
  );
}

/** Plans on sale, which support may ask for, too. */
function useOffered() {
  return useQuery({ queryKey: ["admin", "plans", "offered"], queryFn: async ({ signal }) => (await rights.listPlans({ pageSize: 100 }, { signal })).items }).data ?? [];
}

function Paid({ id }: { id: string }) {
  const t = useAdminT();
  const columns = usePaymentColumns();
  const found = useMore(["admin", "account-payments", id], (pageToken, signal) => listPayments({ pageSize: 20, pageToken, orderBy: "" }, { account: id }, signal));
  return (
    <Section title={t("payments")}>
      <More found={found} none={t("payments.none")}>
        {(rows) => <Table caption={t("payments")} rows={rows} idOf={(row) => row.id} nameOf={(row) => row.description} open={(row) => ({ to: "/admin/payments/$id", params: { id: row.id } })} columns={columns} />}
      </More>
    </Section>
  );
}

interface Part<Row> {
  items: Row[];
  nextPageToken: string;
}

function useMore<Row>(queryKey: string[], ask: (pageToken: string, signal: AbortSignal) => Promise<Part<Row>>) {
  return useInfiniteQuery({ queryKey, queryFn: ({ pageParam, signal }) => ask(pageParam, signal), initialPageParam: "", getNextPageParam: (last: Part<Row>) => last.nextPageToken || undefined });
}

function More<Row>({ found, none, children }: { found: ReturnType<typeof useMore<Row>>; none: string; children: (rows: Row[]) => React.ReactNode }) {
  const viewerT = useT();
  if (found.isError) return <Failure error={found.error} onRetry={() => void found.refetch()} />;
  if (!found.data) return <Skeleton height="6rem" />;
  const rows = found.data.pages.flatMap((page) => page.items);
  if (rows.length === 0) return <p className="second">{none}</p>;
  return (
    <>
      {children(rows)}
      {found.hasNextPage && (
        <div>
          <Button small busy={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
            {viewerT("showMore")}
          </Button>
        </div>
      )}
    </>
  );
}
