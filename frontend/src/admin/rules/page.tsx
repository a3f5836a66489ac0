import { ButtonLink } from "@/design/button";
import { ifMatch } from "../clients/ifMatch";
import { rightsAdmin } from "../clients/rightsAdmin";
import { Page } from "../frame";
import { List } from "../list";
import { TitleLabel } from "../pickers";
import { useAdminT } from "../texts";
import { Changed } from "../titles/chips";
import { usePlans } from "./plans";
import { about, sentence } from "./sentence";

export function Rules() {
  const t = useAdminT();
  const plans = usePlans().data ?? [];
  return (
    <Page
      title={t("rules")}
      note={t("rules.text")}
      actions={
        <ButtonLink to="/admin/rules/$id" params={{ id: "new" }} tone="primary" small>
          {t("rules.new")}
        </ButtonLink>
      }
    >
      <List
        name="rules"
        caption={t("rules")}
        ask={({ pageSize, pageToken }, { title }, signal) => rightsAdmin.adminListRules({ pageSize, pageToken, contentId: title ?? "" }, { ...(signal ? { signal } : {}) })}
        idOf={(row) => row.id}
        nameOf={(row) => (row.contentId ? row.contentId : about(row, t))}
        open={(row) => ({ to: "/admin/rules/$id", params: { id: row.id } })}
        filters={[{ id: "title", label: t("rules.titleId") }]}
        columns={[
          { id: "about", label: t("rules.about"), text: (row) => row.contentId || about(row, t), cell: (row) => (row.contentId ? <TitleLabel id={row.contentId} /> : <b>{about(row, t)}</b>) },
          { id: "says", label: t("rules.says"), text: (row) => sentence(row, plans, t), cell: (row) => sentence(row, plans, t) },
          { id: "changed", label: t("titles.changed"), cell: (row) => <Changed time={row.updateTime} /> },
        ]}
        bulk={[{ id: "delete", verb: (count) => t("rules.delete", { count }), effect: t("rules.deleteText"), tone: "danger", final: true, run: ({ id, version }) => rightsAdmin.deleteRule({ id }, ifMatch(version)) }]}
        empty={{ title: t("rules.none"), text: t("rules.noneText") }}
      />
    </Page>
  );
}
