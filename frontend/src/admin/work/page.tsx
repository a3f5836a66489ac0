import { WorkState, type WorkItem } from "@gen/streamverse/jobs/v1/jobs_pb";
import { Chip } from "@/design/states";
import { dateTime, relative } from "@/i18n/format";
import { jobAdmin } from "../clients/jobAdmin";
import { Page } from "../frame";
import { List } from "../list";
import { useAdminT } from "../texts";

const STATES = [
  [WorkState.WAITING, "waiting", "work.waiting"],
  [WorkState.RUNNING, "running", "work.running"],
  [WorkState.DEAD, "dead", "work.dead"],
] as const;

const textOf = (item: WorkItem) => STATES.find(([value]) => value === item.state)?.[2] ?? "work.waiting";

function State({ item }: { item: WorkItem }) {
  const t = useAdminT();
  return <Chip {...(item.state === WorkState.DEAD ? { tone: "danger" as const } : item.state === WorkState.RUNNING ? { tone: "ok" as const } : {})}>{t(textOf(item))}</Chip>;
}

/** What changes left to be done, and what of it failed for good. */
export function Work() {
  const t = useAdminT();
  return (
    <Page title={t("work")} note={t("work.text")}>
      <List
        name="work"
        caption={t("work")}
        everySeconds={15}
        ask={({ pageSize, pageToken }, { service, state }, signal) => jobAdmin.listWork({ pageSize, pageToken, service: service ?? "", state: STATES.find(([, word]) => word === state)?.[0] ?? 0 }, { ...(signal ? { signal } : {}) })}
        idOf={(row) => row.id}
        nameOf={(row) => `${row.service} ${row.kind} ${row.key}`}
        filters={[
          { id: "state", label: t("titles.status"), options: STATES.map(([, word, label]) => [word, t(label)] as const) },
          { id: "service", label: t("jobs.service") },
        ]}
        columns={[
          { id: "kind", label: t("work.kind"), text: (row) => `${row.service}.${row.kind}`, cell: (row) => <b><bdi>{`${row.service}.${row.kind}`}</bdi></b> },
          { id: "key", label: t("work.about"), text: (row) => row.key, cell: (row) => <bdi>{row.key}</bdi> },
          { id: "state", label: t("titles.status"), text: (row) => t(textOf(row)), cell: (row) => <State item={row} /> },
          { id: "attempts", label: t("work.attempts"), end: true, text: (row) => String(row.attempts), cell: (row) => row.attempts },
          { id: "cause", label: t("work.cause"), text: (row) => row.cause, cell: (row) => <span dir="auto">{row.cause}</span> },
          { id: "asked", label: t("work.asked"), cell: (row) => <time title={dateTime(row.createTime)}>{relative(row.createTime)}</time> },
          { id: "due", label: t("work.due"), cell: (row) => (row.deadTime ? dateTime(row.deadTime) : <time title={dateTime(row.dueTime)}>{relative(row.dueTime)}</time>) },
        ]}
        bulk={[
          { id: "retry", verb: (count) => t("work.retry", { count }), effect: t("work.retryText"), tone: "primary", run: ({ id }) => jobAdmin.retryWork({ workId: id }) },
          { id: "delete", verb: (count) => t("work.delete", { count }), effect: t("work.deleteText"), tone: "danger", final: true, run: ({ id }) => jobAdmin.deleteWork({ workId: id }) },
        ]}
        empty={{ title: t("work.none"), text: t("work.noneText") }}
      />
    </Page>
  );
}
