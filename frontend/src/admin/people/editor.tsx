import { create } from "@bufbuild/protobuf";
import { PersonSchema } from "@gen/streamverse/content/v1/people_pb";
import { Avatar } from "@/artwork";
import { ifMatch } from "../clients/ifMatch";
import { personAdmin } from "../clients/personAdmin";
import { Entity, there } from "../entity";
import { formStyles, Text } from "../form";
import { Section } from "../frame";
import { PictureAddress } from "../pictures/address";
import { Table } from "../table";
import { useAdminT } from "../texts";
import { Status, TitleName } from "../titles/chips";
import { kindOf, ROLES } from "../titles/kinds";

export function PersonPage() {
  const t = useAdminT();
  return (
    <Entity
      name="people"
      schema={PersonSchema}
      prefix="person"
      path="/admin/people/$id"
      back={{ link: { to: "/admin/people" }, label: t("people") }}
      fresh={t("people.new")}
      get={async (id, options) => there((await personAdmin.adminGetPerson({ id }, options)).person)}
      make={() => create(PersonSchema)}
      create={async (person, options) => there((await personAdmin.createPerson({ person }, options)).person)}
      // The server gives titles, and takes none.
      update={async (person) => ({ ...there((await personAdmin.updatePerson({ id: person.id, person: { ...person, titles: [] } })).person), titles: person.titles })}
      remove={({ id, version }) => personAdmin.deletePerson({ id }, ifMatch(version))}
      gone={t("people.deleteText")}
      nameOf={(person) => person.name}
      more={(person) => (
        <Section title={t("people.titles")} text={person.roles.map((role) => t(ROLES.find(([value]) => value === role)?.[1] ?? "credit.actor")).join(", ")}>
          {person.titles.length === 0 ? (
            <p className="second">{t("people.noTitles")}</p>
          ) : (
            <Table
              caption={t("people.titles")}
              rows={person.titles}
              idOf={(row) => row.id}
              nameOf={(row) => row.title}
              open={(row) => ({ to: "/admin/titles/$kind/$id", params: { kind: kindOf(row), id: row.id } })}
              columns={[
                { id: "title", label: t("titles.name"), cell: (row) => <TitleName row={row} /> },
                { id: "year", label: t("titles.year"), end: true, cell: (row) => row.releaseDate.slice(0, 4) },
                { id: "status", label: t("titles.status"), cell: (row) => <Status row={row} /> },
              ]}
            />
          )}
        </Section>
      )}
    >
      {(form) => (
        <Section title={t("title.basics")}>
          <div className={formStyles.grid}>
            <Text form={form} at="name" label={t("credit.name")} hint={form.value.titleCount > 0 ? t("people.renames", { count: form.value.titleCount }) : undefined} required />
            <PictureAddress form={form} at="portraitUrl" label={t("people.portrait")} hint={t("title.posterHint")} shape="square" drawn={<Avatar name={form.value.name || "…"} id={form.value.id} />} />
            <div className={formStyles.whole}>
              <Text form={form} at="biography" label={t("people.biography")} lines={6} />
            </div>
          </div>
        </Section>
      )}
    </Entity>
  );
}
