import { Avatar } from "@/artwork";
import { ButtonLink } from "@/design/button";
import { ifMatch } from "../clients/ifMatch";
import { personAdmin } from "../clients/personAdmin";
import { Page } from "../frame";
import { List } from "../list";
import { Changed } from "../titles/chips";
import { useAdminT } from "../texts";
import { findPeople } from "./find";
import css from "./people.module.css";

export function People() {
  const t = useAdminT();
  return (
    <Page
      title={t("people")}
      actions={
        <ButtonLink to="/admin/people/$id" params={{ id: "new" }} tone="primary" small>
          {t("people.new")}
        </ButtonLink>
      }
    >
      <List
        name="people"
        caption={t("people")}
        ask={(asked, { starts }, signal) => findPeople(starts ?? "", asked, signal)}
        idOf={(row) => row.id}
        nameOf={(row) => row.name}
        open={(row) => ({ to: "/admin/people/$id", params: { id: row.id } })}
        filters={[{ id: "starts", label: t("people.find") }]}
        columns={[
          {
            id: "name",
            label: t("credit.name"),
            text: (row) => row.name,
            cell: (row) => (
              <span className={css.name}>
                <span className={css.face}>{row.portraitUrl ? <img src={row.portraitUrl} alt="" loading="lazy" /> : <Avatar name={row.name} id={row.id} />}</span>
                <span dir="auto">{row.name}</span>
              </span>
            ),
          },
          { id: "titles", label: t("titles"), end: true, text: (row) => String(row.titleCount), cell: (row) => row.titleCount },
          { id: "changed", label: t("titles.changed"), cell: (row) => <Changed time={row.updateTime} /> },
        ]}
        bulk={[{ id: "delete", verb: (count) => t("people.delete", { count }), effect: t("people.deleteText"), tone: "danger", final: true, run: ({ id, version }) => personAdmin.deletePerson({ id }, ifMatch(version)) }]}
        empty={{ title: t("people.none"), text: t("people.noneText") }}
      />
    </Page>
  );
}
