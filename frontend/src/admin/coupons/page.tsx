import { CouponDuration, CouponStatus, type Coupon } from "@gen/streamverse/rights/v1/coupons_pb";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import { ButtonLink } from "@/design/button";
import { Chip } from "@/design/states";
import { dateTime, money } from "@/i18n/format";
import { couponAdmin } from "../clients/couponAdmin";
import { ifMatch } from "../clients/ifMatch";
import { Page } from "../frame";
import { List } from "../list";
import { useAdminT } from "../texts";
import { Changed } from "../titles/chips";

export function Coupons() {
  const t = useAdminT();
  const takes = (row: Coupon) => (row.percentOff ? `${row.percentOff} %` : money(row.amountOffMinor, row.currency));
  return (
    <Page
      title={t("coupons")}
      note={t("coupons.text")}
      actions={
        <ButtonLink to="/admin/coupons/$id" params={{ id: "new" }} tone="primary" small>
          {t("coupons.new")}
        </ButtonLink>
      }
    >
      <List
        name="coupons"
        caption={t("coupons")}
        ask={({ pageSize, pageToken }, _, signal) => couponAdmin.adminListCoupons({ pageSize, pageToken }, { ...(signal ? { signal } : {}) })}
        idOf={(row) => row.id}
        nameOf={(row) => row.code}
        open={(row) => ({ to: "/admin/coupons/$id", params: { id: row.id } })}
        columns={[
          { id: "code", label: t("coupons.code"), text: (row) => row.code, cell: (row) => <b><bdi>{row.code}</bdi></b> },
          { id: "note", label: t("gifts.note"), text: (row) => row.note, cell: (row) => <span dir="auto">{row.note}</span> },
          { id: "takes", label: t("coupons.takes"), end: true, text: takes, cell: takes },
          { id: "lasts", label: t("coupons.lasts"), cell: (row) => (row.duration === CouponDuration.REPEATING ? t("coupons.charges", { count: row.periods }) : t(row.duration === CouponDuration.FOREVER ? "coupons.forever" : "coupons.once")) },
          { id: "used", label: t("coupons.used"), end: true, text: (row) => String(row.used), cell: (row) => (row.maxUses ? t("gifts.usedOf", { used: row.used, most: row.maxUses }) : row.used) },
          { id: "until", label: t("gifts.until"), cell: (row) => (row.endTime ? dateTime(row.endTime) : t("gifts.endless")) },
          { id: "status", label: t("titles.status"), cell: (row) => <State coupon={row} /> },
          { id: "changed", label: t("titles.changed"), cell: (row) => <Changed time={row.updateTime} /> },
        ]}
        bulk={[{ id: "delete", verb: (count) => t("coupons.delete", { count }), effect: t("coupons.deleteText"), tone: "danger", final: true, run: ({ id, version }) => couponAdmin.deleteCoupon({ id }, ifMatch(version)) }]}
        empty={{ title: t("coupons.none"), text: t("coupons.noneText") }}
      />
    </Page>
  );
}

function State({ coupon }: { coupon: Coupon }) {
  const t = useAdminT();
  if (coupon.status === CouponStatus.PAUSED) return <Chip>{t("coupons.paused")}</Chip>;
  if (coupon.endTime && timestampDate(coupon.endTime) <= new Date()) return <Chip>{t("gifts.over")}</Chip>;
  if (coupon.maxUses > 0 && coupon.used >= coupon.maxUses) return <Chip>{t("gifts.usedUp")}</Chip>;
  return <Chip tone="ok">{t("coupons.active")}</Chip>;
}
