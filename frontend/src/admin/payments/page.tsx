import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { useQuery } from "@tanstack/react-query";
import type { Payment } from "@gen/streamverse/payments/v1/payments_pb";
import { Chip, Failure, Skeleton } from "@/design/states";
import { dateTime, money } from "@/i18n/format";
import type { Search } from "../address";
import { paymentAdmin } from "../clients/paymentAdmin";
import { Page, Section } from "../frame";
import { List, type Asked } from "../list";
import type { Column } from "../table";
import { useAdminT } from "../texts";
import css from "./payments.module.css";
import { BOOKS, PAYMENTS } from "./words";

/** An instant of a field for local time; nothing where it is half written. */
export function instant(text: string | undefined) {
  const time = text ? new Date(text) : undefined;
  return time && !Number.isNaN(time.getTime()) ? timestampFromDate(time) : undefined;
}

export function listPayments({ pageSize, pageToken }: Asked, { status, account, from, to }: Search, signal: AbortSignal | undefined) {
  const [since, until] = [instant(from), instant(to)];
  return paymentAdmin.adminListPayments({ pageSize, pageToken, accountId: account ?? "", status: PAYMENTS.find(([, word]) => word === status)?.[0] ?? 0, ...(since ? { from: since } : {}), ...(until ? { to: until } : {}) }, { ...(signal ? { signal } : {}) });
}

export function PaymentState({ payment }: { payment: Payment }) {
  const t = useAdminT();
  const [, , label, tone] = PAYMENTS.find(([value]) => value === payment.status) ?? PAYMENTS[0];
  return <Chip {...(tone ? { tone } : {})}>{t(label)}</Chip>;
}

export function usePaymentColumns(): Column<Payment>[] {
  const t = useAdminT();
  return [
    { id: "what", label: t("payments.what"), text: (row) => row.description, cell: (row) => <b dir="auto">{row.description || row.reference}</b> },
    { id: "sum", label: t("payments.sum"), end: true, text: (row) => `${row.amountMinor} ${row.currency}`, cell: (row) => money(row.amountMinor, row.currency) },
    { id: "refunded", label: t("payments.refunded"), end: true, text: (row) => String(row.refundedMinor), cell: (row) => (row.refundedMinor ? money(row.refundedMinor, row.currency) : "") },
    { id: "status", label: t("titles.status"), text: (row) => t(PAYMENTS.find(([value]) => value === row.status)?.[2] ?? "payment.intended"), cell: (row) => <PaymentState payment={row} /> },
    { id: "provider", label: t("payments.provider"), text: (row) => row.provider, cell: (row) => row.provider },
    { id: "time", label: t("payments.time"), text: (row) => dateTime(row.createTime), cell: (row) => <time>{dateTime(row.createTime)}</time> },
  ];
}

export function Payments() {
  const t = useAdminT();
  return (
    <Page title={t("payments")}>
      <Ledger />
      <List
        name="payments"
        caption={t("payments")}
        ask={listPayments}
        idOf={(row) => row.id}
        nameOf={(row) => row.description}
        open={(row) => ({ to: "/admin/payments/$id", params: { id: row.id } })}
        filters={[
          { id: "status", label: t("titles.status"), options: PAYMENTS.map(([, word, label]) => [word, t(label)] as const) },
          { id: "account", label: t("payments.account") },
          { id: "from", label: t("from"), type: "datetime-local" },
          { id: "to", label: t("to"), type: "datetime-local" },
        ]}
        columns={usePaymentColumns()}
        empty={{ title: t("payments.none"), text: t("payments.noneText") }}
      />
    </Page>
  );
}

function Ledger() {
  const t = useAdminT();
  const found = useQuery({ queryKey: ["admin", "ledger"], queryFn: ({ signal }) => paymentAdmin.getLedger({}, { signal }) });
  if (found.isError) return <Failure error={found.error} onRetry={() => void found.refetch()} />;
  const balances = found.data?.balances;
  if (balances?.length === 0) return null;
  const currencies = [...new Set(balances?.map((one) => one.currency))];
  return (
    <Section title={t("ledger")} text={t("ledger.text")}>
      {!balances && <Skeleton height="3rem" />}
      {currencies.map((currency) => (
        <dl key={currency} className={css.balances}>
          {balances
            ?.filter((one) => one.currency === currency)
            .map((one) => (
              <div key={one.account}>
                <dt>{t(BOOKS[one.account])}</dt>
                <dd>
                  <bdi>{money(Number(one.amountMinor), currency)}</bdi>
                </dd>
              </div>
            ))}
        </dl>
      ))}
    </Section>
  );
}
