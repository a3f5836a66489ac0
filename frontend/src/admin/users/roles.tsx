import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Role } from "@gen/streamverse/options/v1/options_pb";
import { Check } from "@/design/field";
import { Failure, Skeleton } from "@/design/states";
import { list } from "@/i18n/format";
import { auth } from "@/wire/clients/auth";
import { Ask } from "../ask";
import { Section } from "../frame";
import { useAdminT, type AdminTextKey } from "../texts";

const ROLES: readonly (readonly [Role, AdminTextKey, AdminTextKey])[] = [
  [Role.CREATOR, "roles.creator", "roles.creatorText"],
  [Role.ANALYST, "roles.analyst", "roles.analystText"],
  [Role.MODERATOR, "roles.moderator", "roles.moderatorText"],
  [Role.SUPPORT, "roles.support", "roles.supportText"],
  [Role.ADMIN, "roles.admin", "roles.adminText"],
];

/** The roles of an account, each with what it allows; giving and taking asks, since taking signs out. */
export function Roles({ id, name }: { id: string; name: string }) {
  const t = useAdminT();
  const found = useQuery({ queryKey: ["admin", "roles", id], queryFn: async ({ signal }) => (await auth.getRoles({ userId: id }, { signal })).roles });
  const [wanted, setWanted] = useState<ReadonlySet<Role>>();
  const has = new Set(found.data);
  const shown = wanted ?? has;
  const names = (from: ReadonlySet<Role>, without: ReadonlySet<Role>) => ROLES.filter(([role]) => from.has(role) && !without.has(role)).map(([, label]) => t(label));
  const [given, taken] = [names(shown, has), names(has, shown)];
  return (
    <Section title={t("roles")} text={t("roles.text")}>
      {found.isError ? (
        <Failure error={found.error} onRetry={() => void found.refetch()} />
      ) : !found.data ? (
        <Skeleton height="10rem" />
      ) : (
        <>
          <div>
            {ROLES.map(([role, label, text]) => (
              <Check
                key={role}
                label={
                  <>
                    {t(label)} <span className="quiet">{t(text)}</span>
                  </>
                }
                checked={shown.has(role)}
                onChange={(event) => {
                  const next = new Set(shown);
                  if (event.target.checked) next.add(role);
                  else next.delete(role);
                  setWanted(next);
                }}
              />
            ))}
          </div>
          {given.length + taken.length > 0 && (
            <div>
              <Ask
                verb={t("roles.save")}
                tone={taken.length > 0 ? "danger" : "primary"}
                title={t("roles.title", { name })}
                effect={
                  <>
                    {given.length > 0 && <p>{t("roles.given", { names: list(given) })}</p>}
                    {taken.length > 0 && <p>{t("roles.taken", { names: list(taken) })}</p>}
                  </>
                }
                done={t("roles.set")}
                run={() => auth.setRoles({ userId: id, roles: ROLES.map(([role]) => role).filter((role) => shown.has(role)) })}
                then={() => setWanted(undefined)}
              />
            </div>
          )}
        </>
      )}
    </Section>
  );
}
