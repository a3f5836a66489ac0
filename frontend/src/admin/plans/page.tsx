import { PlanStatus, Quality } from "@gen/streamverse/rights/v1/rights_pb";
import { ButtonLink } from "@/design/button";
import { Chip } from "@/design/states";
import { money } from "@/i18n/format";
import { ifMatch } from "../clients/ifMatch";
import { rightsAdmin } from "../clients/rightsAdmin";
import { Page } from "../frame";
import { List } from "../list";
import { useAdminT, type AdminTextKey } from "../texts";
import { Changed } from "../titles/chips";

export const QUALITIES = [
  [Quality.UNSPECIFIED, "quality.none"],
  [Quality.SD, "quality.sd"],
  [Quality.HD, "quality.hd"],
  [Quality.FULL_HD, "quality.fullHd"],
  [Quality.UHD, "quality.uhd"],
] as const satisfies readonly (readonly [Quality, AdminTextKey])[];

export function Plans() {
  const t = useAdminT();
  return (
    <Page
      title={t("plans")}
      actions={
        <ButtonLink to="/admin/plans/$id" params={{ id: "new" }} tone="primary" small>
          {t("plans.new")}
        </ButtonLink>
      }
    >
      <List
        name="plans"
        caption={t("plans")}
        ask={({ pageSize, pageToken }, _, signal) => rightsAdmin.adminListPlans({ pageSize, pageToken }, { ...(signal ? { signal } : {}) })}
        idOf={(row) => row.id}
        nameOf={(row) => row.name}
        open={(row) => ({ to: "/admin/plans/$id", params: { id: row.id } })}
        columns={[
          { id: "name", label: t("plans.name"), text: (row) => row.name, cell: (row) => <b dir="auto">{row.name}</b> },
          { id: "code", label: t("plans.code"), text: (row) => row.code, cell: (row) => <bdi>{row.code}</bdi> },
          { id: "price", label: t("plans.price"), end: true, text: (row) => `${row.priceMinor} ${row.currency}`, cell: (row) => money(row.priceMinor, row.currency) },
          { id: "streams", label: t("plans.streams"), end: true, text: (row) => String(row.maxStreams), cell: (row) => row.maxStreams },
          { id: "quality", label: t("plans.quality"), cell: (row) => t(QUALITIES.find(([value]) => value === row.maxQuality)?.[1] ?? "quality.none") },
          { id: "trial", label: t("plans.trial"), end: true, cell: (row) => (row.trialDays ? t("plans.days", { count: row.trialDays }) : "") },
          { id: "status", label: t("titles.status"), cell: (row) => (row.status === PlanStatus.RETIRED ? <Chip>{t("plans.retired")}</Chip> : <Chip tone="ok">{t("plans.onSale")}</Chip>) },
          { id: "changed", label: t("titles.changed"), cell: (row) => <Changed time={row.updateTime} /> },
        ]}
        bulk={[{ id: "delete", verb: (count) => t("plans.delete", { count }), effect: t("plans.deleteText"), tone: "danger", final: true, run: ({ id, version }) => rightsAdmin.deletePlan({ id }, ifMatch(version)) }]}
        empty={{ title: t("plans.none"), text: t("plans.noneText") }}
      />
    </Page>
  );
}
