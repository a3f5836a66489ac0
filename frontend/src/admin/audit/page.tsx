import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
import { useQuery } from "@tanstack/react-query";
import { AuditActorKind, AuditOutcome, type AuditRecord } from "@gen/streamverse/admin/v1/admin_pb";
import { ButtonLink } from "@/design/button";
import { Dialog } from "@/design/dialog";
import { Chip, Failure, Skeleton } from "@/design/states";
import { dateTime, relative } from "@/i18n/format";
import { useAddress } from "../address";
import { audit } from "../clients/audit";
import { printed } from "../form";
import { Facts, Page } from "../frame";
import { List } from "../list";
import { instant } from "../payments/page";
import { useAdminT, type AdminTextKey } from "../texts";
import css from "./audit.module.css";

const OUTCOMES = [
  [AuditOutcome.OK, "ok", "audit.ok"],
  [AuditOutcome.DENIED, "denied", "audit.denied"],
  [AuditOutcome.FAILED, "failed", "audit.failed"],
] as const;

const outcomeText = (of: AuditOutcome) => OUTCOMES.find(([value]) => value === of)?.[2] ?? "audit.failed";

const ACTORS: Record<AuditActorKind, AdminTextKey> = {
  [AuditActorKind.UNSPECIFIED]: "audit.anonymous",
  [AuditActorKind.ANONYMOUS]: "audit.anonymous",
  [AuditActorKind.ACCOUNT]: "audit.account",
  [AuditActorKind.SERVICE]: "audit.service",
  [AuditActorKind.OPERATOR]: "audit.operator",
};

function Outcome({ of }: { of: AuditOutcome }) {
  const t = useAdminT();
  return <Chip tone={of === AuditOutcome.OK ? "ok" : of === AuditOutcome.DENIED ? "warn" : "danger"}>{t(outcomeText(of))}</Chip>;
}

/** Who did what. Records are read here and never changed. */
export function Audit() {
  const t = useAdminT();
  const { search, show } = useAddress();
  return (
    <Page title={t("audit")} note={t("audit.text")}>
      <List
        name="audit"
        caption={t("audit")}
        ask={({ pageSize, pageToken }, words, signal) => {
          const [since, until] = [instant(words.from), instant(words.to)];
          return audit.listAuditRecords(
            {
              pageSize,
              pageToken,
              actorId: words.actor ?? "",
              subjectKind: words.kind ?? "",
              subjectId: words.subject ?? "",
              action: words.action ?? "",
              outcome: OUTCOMES.find(([, word]) => word === words.outcome)?.[0] ?? 0,
              ...(since ? { from: since } : {}),
              ...(until ? { to: until } : {}),
            },
            { ...(signal ? { signal } : {}) },
          );
        }}
        idOf={(row) => row.id}
        nameOf={(row) => row.action}
        open={(row) => ({ to: ".", search: { ...search, record: row.id }, resetScroll: false }) as never}
        filters={[
          { id: "action", label: t("audit.action") },
          { id: "actor", label: t("audit.actor") },
          { id: "kind", label: t("audit.kind") },
          { id: "subject", label: t("audit.subject") },
          { id: "outcome", label: t("audit.outcome"), options: OUTCOMES.map(([, word, label]) => [word, t(label)] as const) },
          { id: "from", label: t("from"), type: "datetime-local" },
          { id: "to", label: t("to"), type: "datetime-local" },
        ]}
        columns={[
          { id: "time", label: t("payments.time"), text: (row) => dateTime(row.time), cell: (row) => <time title={relative(row.time)}>{dateTime(row.time)}</time> },
          { id: "action", label: t("audit.action"), text: (row) => row.action, cell: (row) => <bdi>{row.action}</bdi> },
          { id: "actor", label: t("audit.actor"), text: (row) => row.actor?.id ?? "", cell: (row) => <Actor record={row} /> },
          { id: "subject", label: t("audit.subject"), text: (row) => `${row.subject?.kind ?? ""} ${row.subject?.id ?? ""}`, cell: (row) => <bdi title={row.subject?.id}>{`${row.subject?.kind ?? ""} ${short(row.subject?.id)}`}</bdi> },
          { id: "outcome", label: t("audit.outcome"), text: (row) => t(outcomeText(row.outcome)), cell: (row) => <Outcome of={row.outcome} /> },
          { id: "reason", label: t("audit.reason"), text: (row) => row.reason, cell: (row) => row.reason && <bdi>{row.times > 1n ? `${row.reason} × ${row.times}` : row.reason}</bdi> },
        ]}
        empty={{ title: t("audit.none") }}
      />
      {search.record && <Record id={search.record} onClose={() => show({ record: undefined })} />}
    </Page>
  );
}

/** Ids are long; their ends tell them apart. */
function short(id: string | undefined): string {
  return id && id.length > 20 ? `…${id.slice(-8)}` : (id ?? "");
}

function Actor({ record }: { record: AuditRecord }) {
  const t = useAdminT();
  const actor = record.actor;
  if (!actor) return null;
  return (
    <span title={actor.id}>
      {t(ACTORS[actor.kind])} <bdi className="quiet">{short(actor.id)}</bdi>
    </span>
  );
}

function Record({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useAdminT();
  const found = useQuery({ queryKey: ["admin", "audit-record", id], queryFn: ({ signal }) => audit.getAuditRecord({ recordId: id }, { signal }), staleTime: Infinity });
  const record = found.data?.record;
  return (
    <Dialog title={record?.action ?? t("audit.record")} onClose={onClose} wide>
      {found.isError ? (
        <Failure error={found.error} onRetry={() => void found.refetch()} />
      ) : !record ? (
        <Skeleton height="16rem" />
      ) : (
        <>
          <div className="row">
            <Outcome of={record.outcome} />
            {record.reason && <bdi>{record.reason}</bdi>}
            {record.times > 1n && <span>{t("audit.times", { count: Number(record.times) })}</span>}
          </div>
          <Facts
            facts={[
              [t("payments.time"), dateTime(record.time)],
              [
                t("audit.actor"),
                record.actor?.kind === AuditActorKind.ACCOUNT ? (
                  <ButtonLink key="a" tone="link" to="/admin/accounts/$id" params={{ id: record.actor.id }}>
                    {t("audit.account")}
                  </ButtonLink>
                ) : (
                  <Actor key="a" record={record} />
                ),
              ],
              [t("audit.subject"), <bdi key="s">{`${record.subject?.kind ?? ""} ${record.subject?.id ?? ""}`}</bdi>],
              [t("jobs.service"), record.service],
              [t("audit.address"), <bdi key="d">{record.address}</bdi>],
              [t("audit.session"), <bdi key="n">{record.actor?.sessionId}</bdi>],
              [t("audit.request"), <bdi key="r">{record.requestId}</bdi>],
            ]}
          />
          <Values before={record.oldValues as JsonObject | undefined} after={record.newValues as JsonObject | undefined} />
        </>
      )}
    </Dialog>
  );
}

/** Old and new values side by side; what differs stands out by more than colour. */
function Values({ before = {}, after = {} }: { before?: JsonObject | undefined; after?: JsonObject | undefined }) {
  const t = useAdminT();
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  if (fields.length === 0) return <p className="second">{t("audit.noValues")}</p>;
  return (
    <div className={css.frame} tabIndex={0} role="region" aria-label={t("audit.values")}>
      <table className={css.values}>
        <thead>
          <tr>
            <th scope="col">{t("diff.field")}</th>
            <th scope="col">{t("diff.before")}</th>
            <th scope="col">{t("diff.after")}</th>
          </tr>
        </thead>
        <tbody>
          {fields.map((field) => {
            const differs = JSON.stringify(before[field]) !== JSON.stringify(after[field]);
            return (
              <tr key={field} className={differs ? css.differs : undefined}>
                <th scope="row">
                  <bdi>{field}</bdi>
                </th>
                <td dir="auto">{differs && field in before ? <del>{text(before[field])}</del> : text(before[field])}</td>
                <td dir="auto">{differs && field in after ? <ins>{text(after[field])}</ins> : text(after[field])}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function text(value: JsonValue | undefined): string {
  return printed(value) || "–";
}
