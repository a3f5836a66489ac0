import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { OrderStatus } from "@gen/streamverse/rights/v1/orders_pb";
import { useTitle } from "@/app/shell";
import { Button, ButtonLink } from "@/design/button";
import { Chip, Empty, Failure, Loading, Skeleton } from "@/design/states";
import { useT, type TextKey } from "@/i18n";
import { date, dateTime, money, relative } from "@/i18n/format";
import { orders } from "@/wire/clients/orders";
import css from "./plans.module.css";

const STATUSES: Partial<Record<OrderStatus, TextKey>> = {
  [OrderStatus.PENDING]: "status.pending",
  [OrderStatus.ACTIVE]: "status.active",
  [OrderStatus.EXPIRED]: "status.expired",
  [OrderStatus.DECLINED]: "status.declined",
  [OrderStatus.REFUNDED]: "status.refunded",
};

/** What the account has bought and rented, and until when it lasts. */
export function Purchases() {
  const t = useT();
  useTitle(t("purchases.title"));
  const next = (page: { nextPageToken: string }) => page.nextPageToken || undefined;
  const rentals = useInfiniteQuery({ queryKey: ["rentals"], initialPageParam: "", queryFn: ({ pageParam, signal }) => orders.listRentals({ pageSize: 50, pageToken: pageParam }, { signal }), getNextPageParam: next });
  const purchases = useInfiniteQuery({ queryKey: ["purchases"], initialPageParam: "", queryFn: ({ pageParam, signal }) => orders.listPurchases({ pageSize: 50, pageToken: pageParam }, { signal }), getNextPageParam: next });
  const error = rentals.error ?? purchases.error;
  const rented = rentals.data?.pages.flatMap((page) => page.items) ?? [];
  const bought = purchases.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="page stack">
      <h1>{t("purchases.title")}</h1>
      {error ? (
        <Failure error={error} onRetry={() => void Promise.all([rentals.refetch(), purchases.refetch()])} />
      ) : rentals.isPending || purchases.isPending ? (
        <Loading>
          <div className={css.orders}>
            {[0, 1, 2].map((n) => (
              <Skeleton key={n} height="4.5rem" />
            ))}
          </div>
        </Loading>
      ) : rented.length + bought.length === 0 ? (
        <Empty
          title={t("purchases.none")}
          action={
            <ButtonLink to="/" tone="primary">
              {t("purchases.browse")}
            </ButtonLink>
          }
        >
          {t("purchases.noneText")}
        </Empty>
      ) : (
        <ul className={css.orders}>
          {rented.map((rental) => (
            <li key={rental.id}>
              <Link to="/title/$id" params={{ id: rental.contentId }} className={css.order}>
                <span>
                  <strong dir="auto">{rental.title}</strong>
                  <span className="quiet small" title={dateTime(rental.expireTime)}>
                    {rental.expireTime && t(rental.status === OrderStatus.ACTIVE ? "purchases.ends" : "purchases.ended", { time: relative(rental.expireTime) })}
                  </span>
                </span>
                <span className="row">
                  <span className="num second">{money(rental.priceMinor, rental.currency)}</span>
                  <Status status={rental.status} />
                </span>
              </Link>
            </li>
          ))}
          {bought.map((purchase) => (
            <li key={purchase.id}>
              <Link to="/title/$id" params={{ id: purchase.contentId }} className={css.order}>
                <span>
                  <strong dir="auto">{purchase.title}</strong>
                  <span className="quiet small">{t("purchases.bought", { date: date(purchase.purchaseTime ?? purchase.createTime) })}</span>
                </span>
                <span className="row">
                  <span className="num second">{money(purchase.priceMinor, purchase.currency)}</span>
                  <Status status={purchase.status} />
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
      {[rentals, purchases].map(
        (query, index) =>
          query.hasNextPage && (
            <Button key={index} busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              {t("showMore")}
            </Button>
          ),
      )}
    </div>
  );
}

function Status({ status }: { status: OrderStatus }) {
  const t = useT();
  const key = STATUSES[status];
  const tone = status === OrderStatus.ACTIVE ? "ok" : status === OrderStatus.DECLINED ? "danger" : undefined;
  return key ? <Chip {...(tone ? { tone } : {})}>{t(key)}</Chip> : null;
}
