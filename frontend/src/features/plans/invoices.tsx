import { useInfiniteQuery } from "@tanstack/react-query";
import { InvoiceStatus } from "@gen/streamverse/rights/v1/billing_pb";
import { useTitle } from "@/app/shell";
import { Button, ButtonLink } from "@/design/button";
import { Chip, Empty, Failure, Loading, Skeleton } from "@/design/states";
import { useT, type TextKey } from "@/i18n";
import { date, dateTime, money } from "@/i18n/format";
import { billing } from "@/wire/clients/billing";
import { Lines } from "./lines";
import css from "./plans.module.css";

const STATUSES: Partial<Record<InvoiceStatus, [TextKey, ("ok" | "warn" | "danger")?]>> = {
  [InvoiceStatus.OPEN]: ["invoices.open", "warn"],
  [InvoiceStatus.PAID]: ["invoices.paid", "ok"],
  [InvoiceStatus.DECLINED]: ["status.declined", "danger"],
  [InvoiceStatus.VOID]: ["invoices.void"],
  [InvoiceStatus.REFUNDED]: ["status.refunded"],
};

/** What the account was asked to pay, and what it has left. */
export function Invoices() {
  const t = useT();
  useTitle(t("invoices.title"));
  const found = useInfiniteQuery({
    queryKey: ["invoices"],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) => billing.listInvoices({ pageSize: 20, pageToken: pageParam }, { signal }),
    getNextPageParam: (page) => page.nextPageToken || undefined,
  });
  const items = found.data?.pages.flatMap((page) => page.items) ?? [];
  const credits = (found.data?.pages[0]?.credits ?? []).filter((credit) => credit.amountMinor > 0n);
  return (
    <div className="page stack">
      <h1>{t("invoices.title")}</h1>
      {found.isPending ? (
        <Loading onRetry={() => void found.refetch()}>
          <div className={css.orders}>
            {[0, 1, 2].map((n) => (
              <Skeleton key={n} height="7rem" />
            ))}
          </div>
        </Loading>
      ) : found.isError ? (
        <Failure error={found.error} onRetry={() => void found.refetch()} />
      ) : (
        <>
          {credits.length > 0 && (
            <div className={css.mine}>
              <div>
                <h2>{t("invoices.credit", { sum: credits.map((credit) => money(Number(credit.amountMinor), credit.currency)).join(", ") })}</h2>
                <p className="second">{t("invoices.creditText")}</p>
              </div>
            </div>
          )}
          {items.length === 0 ? (
            <Empty title={t("invoices.none")} action={<ButtonLink to="/plans">{t("account.seePlans")}</ButtonLink>}>
              {t("invoices.noneText")}
            </Empty>
          ) : (
            <ul className={css.orders}>
              {items.map((invoice) => {
                const [label, tone] = STATUSES[invoice.status] ?? ["invoices.open"];
                return (
                  <li key={invoice.id} className={css.invoice}>
                    <div className="row between">
                      <time className="second" title={dateTime(invoice.createTime)}>
                        {date(invoice.createTime)}
                      </time>
                      <Chip {...(tone ? { tone } : {})}>{t(label)}</Chip>
                    </div>
                    <Lines lines={invoice.lines} total={invoice.totalMinor} currency={invoice.currency} sum={t("buy.total")} />
                  </li>
                );
              })}
            </ul>
          )}
          {found.hasNextPage && (
            <div>
              <Button busy={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
                {t("showMore")}
              </Button>
            </div>
          )}
        </>
      )}
    </div>
  );
}
