import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { Failure, Loading, Skeleton } from "@/design/states";
import { dateTime, money } from "@/i18n/format";
import { paymentAdmin } from "../clients/paymentAdmin";
import { Facts, Page, Section } from "../frame";
import { Table } from "../table";
import { useAdminT } from "../texts";
import { PaymentState } from "./page";
import { BOOKS, MOVEMENTS, PROGRESS } from "./words";

export function PaymentPage() {
  const t = useAdminT();
  const { id = "" } = useParams({ strict: false }) as { id?: string };
  const found = useQuery({ queryKey: ["admin", "payment", id], queryFn: ({ signal }) => paymentAdmin.adminGetPayment({ id }, { signal }) });
  const back = { link: { to: "/admin/payments" as const }, label: t("payments") };
  const payment = found.data?.payment;
  if (found.isError)
    return (
      <Page title={t("payments.one")} back={back}>
        <Failure error={found.error} onRetry={() => void found.refetch()} />
      </Page>
    );
  if (!payment || !found.data)
    return (
      <Page title={t("payments.one")} back={back}>
        <Loading>
          <Skeleton height="16rem" />
        </Loading>
      </Page>
    );
  return (
    <Page title={payment.description || t("payments.one")} back={back}>
      <Section title={t("payments.one")}>
        <Facts
          facts={[
            [t("titles.status"), <PaymentState key="s" payment={payment} />],
            [t("payments.sum"), money(payment.amountMinor, payment.currency)],
            [t("payments.refunded"), payment.refundedMinor ? money(payment.refundedMinor, payment.currency) : ""],
            [
              t("payments.account"),
              <Link key="a" to="/admin/accounts/$id" params={{ id: payment.accountId }} style={{ textDecoration: "underline" }}>
                <bdi>{payment.accountId}</bdi>
              </Link>,
            ],
            [t("payments.provider"), payment.provider],
            [t("payments.providerId"), <bdi key="p">{payment.providerId}</bdi>],
            [t("payments.reference"), <bdi key="r">{payment.reference}</bdi>],
            [t("payments.time"), dateTime(payment.createTime)],
            [t("titles.changed"), dateTime(payment.updateTime)],
          ]}
        />
      </Section>
      <Section title={t("payments.movements")}>
        <Table
          caption={t("payments.movements")}
          rows={found.data.transactions}
          idOf={(row) => row.id}
          nameOf={(row) => t(MOVEMENTS[row.type])}
          columns={[
            { id: "type", label: t("payments.movement"), cell: (row) => <b>{t(MOVEMENTS[row.type])}</b> },
            { id: "sum", label: t("payments.sum"), end: true, cell: (row) => money(row.amountMinor, payment.currency) },
            { id: "status", label: t("titles.status"), cell: (row) => t(PROGRESS[row.status]) },
            { id: "provider", label: t("payments.providerId"), cell: (row) => <bdi>{row.providerId}</bdi> },
            { id: "time", label: t("payments.time"), cell: (row) => dateTime(row.createTime) },
          ]}
        />
      </Section>
      <Section title={t("payments.entries")} text={t("ledger.text")}>
        <Table
          caption={t("payments.entries")}
          rows={found.data.entries.flatMap((entry) => entry.lines.map((line, index) => ({ entry, line, id: `${entry.id} ${index}` })))}
          idOf={(row) => row.id}
          nameOf={(row) => row.entry.event}
          columns={[
            { id: "event", label: t("payments.event"), cell: (row) => <bdi>{row.entry.event}</bdi> },
            { id: "account", label: t("ledger.account"), cell: (row) => t(BOOKS[row.line.account]) },
            { id: "sum", label: t("payments.sum"), end: true, cell: (row) => <bdi>{money(Number(row.line.amountMinor), row.line.currency)}</bdi> },
            { id: "time", label: t("payments.time"), cell: (row) => dateTime(row.entry.createTime) },
          ]}
        />
      </Section>
    </Page>
  );
}
