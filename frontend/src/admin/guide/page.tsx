import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { GuideProblem, type UploadGuideResponse } from "@gen/streamverse/livetv/v1/guide_pb";
import { Button, ButtonLink } from "@/design/button";
import { TextField } from "@/design/field";
import { toast } from "@/design/toast";
import { date, dateTime } from "@/i18n/format";
import { guideAdmin } from "../clients/guideAdmin";
import { Failed } from "../failed";
import { Counters, FileDrop, size } from "../file";
import { Page, Section } from "../frame";
import { Table } from "../table";
import { useAdminT, type AdminTextKey } from "../texts";
import { Zones } from "../when";

/** What the server takes, with room for what stands around the file in a request. */
const MOST = 4 * 1024 * 1024 - 1024;

const PROBLEMS: Record<GuideProblem, AdminTextKey> = {
  [GuideProblem.UNSPECIFIED]: "guide.problem.other",
  [GuideProblem.CHANNEL_UNKNOWN]: "guide.problem.channelUnknown",
  [GuideProblem.TITLE_MISSING]: "guide.problem.titleMissing",
  [GuideProblem.START_INVALID]: "guide.problem.startInvalid",
  [GuideProblem.STOP_INVALID]: "guide.problem.stopInvalid",
  [GuideProblem.STOP_MISSING]: "guide.problem.stopMissing",
  [GuideProblem.EMPTY]: "guide.problem.empty",
  [GuideProblem.TOO_LONG]: "guide.problem.tooLong",
  [GuideProblem.DUPLICATE]: "guide.problem.duplicate",
  [GuideProblem.SAME_START]: "guide.problem.sameStart",
  [GuideProblem.OVERLAP]: "guide.problem.overlap",
  [GuideProblem.GAP]: "guide.problem.gap",
  [GuideProblem.FAR_GAP]: "guide.problem.farGap",
  [GuideProblem.ROW_INVALID]: "guide.problem.rowInvalid",
};

/** Files that browsers do not know the type of: the server looks at their first bytes then. */
function typeOf(file: File): string {
  if (/\.xml$|\.xmltv$/i.test(file.name)) return "application/xml";
  if (/\.json$/i.test(file.name)) return "application/json";
  if (/\.csv$/i.test(file.name)) return "text/csv";
  return "application/octet-stream";
}

/** Takes a guide: tried first, with everything that is wrong in it, and then for good. */
export function GuidePage() {
  const t = useAdminT();
  const queries = useQueryClient();
  const [file, setFile] = useState<File>();
  const [zone, setZone] = useState("");
  const [busy, setBusy] = useState<"try" | "take">();
  const [error, setError] = useState<unknown>();
  const [report, setReport] = useState<{ dry: boolean; answer: UploadGuideResponse }>();
  const send = async (chosen: File, dryRun: boolean) => {
    setBusy(dryRun ? "try" : "take");
    setError(undefined);
    try {
      const data = new Uint8Array(await chosen.arrayBuffer());
      const answer = await guideAdmin.uploadGuide({ file: { contentType: typeOf(chosen), data }, dryRun, timeZone: zone }, { timeoutMs: 300_000 });
      setReport({ dry: dryRun, answer });
      if (!dryRun) {
        toast(t("guide.taken"));
        void queries.invalidateQueries({ queryKey: ["admin"] });
      }
    } catch (refused) {
      setReport(undefined);
      setError(refused);
    } finally {
      setBusy(undefined);
    }
  };
  const tooLarge = file && file.size > MOST ? t("guide.tooLarge", { size: size(file.size) }) : undefined;
  return (
    <Page title={t("guide")} note={t("guide.text")}>
      <Section title={t("guide.file")}>
        <FileDrop
          label={t("guide.choose")}
          hint={t("guide.hint")}
          accept=".xml,.xmltv,.json,.csv,.gz,.xz"
          file={file}
          error={tooLarge}
          onFile={(chosen) => {
            setFile(chosen);
            setReport(undefined);
            setError(undefined);
            if (chosen.size <= MOST) void send(chosen, true);
          }}
        />
        <div style={{ maxInlineSize: "20rem" }}>
          <TextField label={t("guide.zone")} hint={t("guide.zoneHint")} value={zone} list="zones" onChange={(event) => setZone(event.target.value)} />
          <Zones />
        </div>
        {file && !tooLarge && (
          <div className="row">
            <Button busy={busy === "try"} onClick={() => void send(file, true)}>
              {t("guide.tryAgain")}
            </Button>
            {report?.dry && (
              <Button tone="primary" busy={busy === "take"} onClick={() => void send(file, false)}>
                {t("guide.take")}
              </Button>
            )}
          </div>
        )}
        <Failed error={error} />
      </Section>
      {report && <Report dry={report.dry} answer={report.answer} />}
    </Page>
  );
}

function Report({ dry, answer }: { dry: boolean; answer: UploadGuideResponse }) {
  const t = useAdminT();
  const nothing = answer.created + answer.updated + answer.deleted === 0;
  return (
    <>
      <Section title={t(dry ? "guide.wouldBe" : "guide.was")} text={nothing && answer.refused === 0 ? t("guide.nothing") : undefined}>
        <Counters
          counts={[
            [t("report.new"), answer.created, "ok"],
            [t("report.changed"), answer.updated, "ok"],
            [t("report.unchanged"), answer.unchanged, "ok"],
            [t("report.deleted"), answer.deleted, "warn"],
            [t("report.refused"), answer.refused, "danger"],
          ]}
        />
        {answer.channels.length > 0 && (
          <Table
            caption={t("channels")}
            rows={answer.channels}
            idOf={(row) => row.channelId}
            nameOf={(row) => row.guideId}
            open={(row) => ({ to: "/admin/channels/$id", params: { id: row.channelId } })}
            columns={[
              { id: "guide", label: t("channels.guideId"), cell: (row) => <bdi>{row.guideId}</bdi> },
              { id: "span", label: t("guide.span"), cell: (row) => `${dateTime(row.from)} – ${date(row.to)}` },
              { id: "new", label: t("report.new"), end: true, cell: (row) => row.created },
              { id: "changed", label: t("report.changed"), end: true, cell: (row) => row.updated },
              { id: "same", label: t("report.unchanged"), end: true, cell: (row) => row.unchanged },
              { id: "deleted", label: t("report.deleted"), end: true, cell: (row) => row.deleted },
            ]}
          />
        )}
      </Section>
      {answer.findings.length > 0 && (
        <Section title={t("guide.findings")} text={t("guide.findingsText")}>
          <Table
            caption={t("guide.findings")}
            rows={answer.findings}
            idOf={(row) => `${row.problem} ${row.line} ${row.programme} ${row.guideId}`}
            nameOf={(row) => row.title}
            columns={[
              { id: "problem", label: t("report.problem"), cell: (row) => t(PROBLEMS[row.problem]) },
              { id: "line", label: t("report.line"), end: true, cell: (row) => row.line || "" },
              { id: "channel", label: t("channels.guideId"), cell: (row) => <bdi>{row.guideId}</bdi> },
              { id: "title", label: t("titles.name"), cell: (row) => <span dir="auto">{row.title}</span> },
              { id: "value", label: t("report.value"), cell: (row) => <bdi>{row.value}</bdi> },
              { id: "times", label: t("report.times"), end: true, cell: (row) => (row.times > 1 ? row.times : "") },
              {
                id: "mend",
                label: t("report.mend"),
                cell: (row) =>
                  row.problem === GuideProblem.CHANNEL_UNKNOWN ? (
                    <ButtonLink small tone="link" to="/admin/channels/$id" params={{ id: "new" }} search={{ guide: row.guideId }}>
                      {t("guide.makeChannel")}
                    </ButtonLink>
                  ) : (
                    ""
                  ),
              },
            ]}
          />
        </Section>
      )}
    </>
  );
}
