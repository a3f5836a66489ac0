import { Play } from "lucide-react";
import { JobState, type Job } from "@gen/streamverse/jobs/v1/jobs_pb";
import { Chip } from "@/design/states";
import { dateTime, length, relative } from "@/i18n/format";
import { Ask } from "../ask";
import { jobAdmin } from "../clients/jobAdmin";
import { Page } from "../frame";
import { List } from "../list";
import { useAdminT } from "../texts";

/** A job is silent when its turn is late by more than a minute and by more than a whole turn. */
export function isSilent(job: Job): boolean {
  return job.lagSeconds > Math.max(60, job.periodSeconds);
}

function stateOf(job: Job, t: ReturnType<typeof useAdminT>): [text: string, tone?: "ok" | "warn" | "danger"] {
  if (job.state === JobState.FAILING) return [t("jobs.failing", { count: job.failures }), "danger"];
  if (isSilent(job)) return [t("jobs.silent"), "warn"];
  return job.state === JobState.RUNNING ? [t("jobs.running"), "ok"] : [t("jobs.waiting")];
}

export function JobChip({ job }: { job: Job }) {
  const [text, tone] = stateOf(job, useAdminT());
  return <Chip {...(tone ? { tone } : {})}>{text}</Chip>;
}

export function Jobs() {
  const t = useAdminT();
  return (
    <Page title={t("jobs")} note={t("jobs.text")}>
      <List
        name="jobs"
        caption={t("jobs")}
        everySeconds={15}
        ask={({ pageToken }, { service }, signal) => jobAdmin.listJobs({ pageSize: 100, pageToken, service: service ?? "" }, { ...(signal ? { signal } : {}) })}
        idOf={(row) => row.id}
        nameOf={(row) => row.id}
        filters={[{ id: "service", label: t("jobs.service") }]}
        columns={[
          { id: "id", label: t("jobs.name"), text: (row) => row.id, cell: (row) => <b><bdi>{row.id}</bdi></b> },
          { id: "state", label: t("titles.status"), text: (row) => stateOf(row, t)[0], cell: (row) => <JobChip job={row} /> },
          { id: "period", label: t("jobs.period"), end: true, text: (row) => String(row.periodSeconds), cell: (row) => length(row.periodSeconds) },
          { id: "last", label: t("jobs.last"), cell: (row) => (row.lastSuccessTime ? <time title={dateTime(row.lastSuccessTime)}>{relative(row.lastSuccessTime)}</time> : t("jobs.never")) },
          { id: "next", label: t("jobs.next"), cell: (row) => (row.state === JobState.RUNNING ? <bdi>{row.runningOn}</bdi> : <time title={dateTime(row.nextRunTime)}>{relative(row.nextRunTime)}</time>) },
          { id: "runs", label: t("jobs.runs"), end: true, text: (row) => String(row.runs), cell: (row) => String(row.runs) },
          { id: "error", label: t("jobs.error"), text: (row) => row.lastError, cell: (row) => row.lastError && <span title={dateTime(row.lastFailureTime)} dir="auto">{row.lastError}</span> },
          {
            id: "run",
            label: t("actions"),
            cell: (row) =>
              row.state === JobState.RUNNING ? "" : <Ask small tone="secondary" icon={<Play size={14} aria-hidden />} verb={t("jobs.run")} title={t("jobs.runTitle", { name: row.id })} effect={t("jobs.runText")} done={t("jobs.started")} run={() => jobAdmin.runJob({ jobId: row.id })} />,
          },
        ]}
        empty={{ title: t("jobs.none") }}
      />
    </Page>
  );
}
