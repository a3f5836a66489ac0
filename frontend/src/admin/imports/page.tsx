import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ImportAction, type ImportOutcome } from "@gen/streamverse/content/v1/catalogue_pb";
import { Button, ButtonLink } from "@/design/button";
import { TextField } from "@/design/field";
import { Bar } from "@/design/states";
import { toast } from "@/design/toast";
import { Refusal } from "@/wire/refusal";
import { contentAdmin } from "../clients/contentAdmin";
import { download, writeCsv } from "../csv";
import { Failed } from "../failed";
import { Counters, FileDrop, size } from "../file";
import { Page, Section } from "../frame";
import { Table } from "../table";
import { useAdminT } from "../texts";
import { COLUMNS, readCsv, readJson, type Problem, type Read } from "./read";
import css from "./imports.module.css";

const MOST = 20 * 1024 * 1024;
/** How many rows go with one call. Each call is taken as a whole or not at all. */
const PART = 200;

interface Report {
  dry: boolean;
  outcomes: ImportOutcome[];
  problems: Problem[];
  refusedLines: ReadonlySet<number>;
}

/** Brings films in: read here, tried by the server, and only then done. */
export function Imports() {
  const t = useAdminT();
  const queries = useQueryClient();
  const [file, setFile] = useState<File>();
  const [source, setSource] = useState("");
  const [read, setRead] = useState<Read>();
  const [report, setReport] = useState<Report>();
  const [progress, setProgress] = useState<{ done: number; of: number; dry: boolean }>();
  const [error, setError] = useState<unknown>();
  const [missing, setMissing] = useState(false);
  const choose = async (chosen: File) => {
    setFile(chosen);
    setReport(undefined);
    setError(undefined);
    setRead(undefined);
    if (chosen.size > MOST) return;
    const text = await chosen.text();
    const found = /\.json$/i.test(chosen.name) || /^\s*[[{]/.test(text) ? readJson(text) : readCsv(text);
    setRead(found);
    if (found.source) setSource(found.source);
  };
  const run = async (found: Read, dry: boolean, without: ReadonlySet<number>) => {
    if (source.trim() === "") return setMissing(true);
    setError(undefined);
    const rows = found.rows.filter(({ line }) => !without.has(line));
    const outcomes: ImportOutcome[] = [];
    const problems: Problem[] = [];
    const refusedLines = new Set<number>();
    setProgress({ done: 0, of: rows.length, dry });
    try {
      for (let from = 0; from < rows.length; from += PART) {
        let part = rows.slice(from, from + PART);
        // A row that breaks a rule keeps back the whole part. Tried alone, the others are known, too.
        for (let again = 0; again < 2 && part.length > 0; again += 1) {
          try {
            outcomes.push(...(await contentAdmin.importMovies({ source: source.trim(), rows: part.map(({ row }) => row), dryRun: dry }, { timeoutMs: 60_000 })).outcomes);
            break;
          } catch (refused) {
            const refusal = Refusal.of(refused);
            const bad = refusal.violations.flatMap(({ field, text }) => {
              const match = /^rows\[(\d+)\]\.?(.*)$/.exec(field);
              const at = match && part[Number(match[1])];
              return at ? [{ line: at.line, key: at.row.key, field: (match?.[2] ?? "").replace(/^content\./, ""), text }] : [];
            });
            if (bad.length === 0 || !dry || again > 0) throw refused;
            problems.push(...bad);
            for (const { line } of bad) refusedLines.add(line);
            part = part.filter(({ line }) => !refusedLines.has(line));
          }
        }
        setProgress({ done: Math.min(rows.length, from + PART), of: rows.length, dry });
      }
      setReport({ dry, outcomes, problems, refusedLines });
      if (!dry) {
        toast(t("imports.done"));
        void queries.invalidateQueries({ queryKey: ["admin"] });
      }
    } catch (refused) {
      setReport(outcomes.length > 0 && !dry ? { dry, outcomes, problems, refusedLines } : undefined);
      setError(refused);
    } finally {
      setProgress(undefined);
    }
  };
  const nothing = new Set<number>();
  return (
    <Page title={t("imports.title")} note={t("imports.text")}>
      <Section title={t("imports.file")}>
        <FileDrop label={t("imports.choose")} hint={t("imports.hint")} accept=".csv,.json,text/csv,application/json" file={file} error={file && file.size > MOST ? t("imports.tooLarge", { size: size(file.size) }) : undefined} onFile={(chosen) => void choose(chosen)} />
        <div style={{ maxInlineSize: "20rem" }}>
          <TextField
            label={t("imports.source")}
            hint={t("imports.sourceHint")}
            value={source}
            error={missing && source.trim() === "" ? t("imports.sourceMissing") : undefined}
            onChange={(event) => {
              setSource(event.target.value);
              setReport(undefined);
            }}
          />
        </div>
        {read && (
          <>
            <p role="status">{t("imports.read", { count: read.rows.length })}</p>
            {read.unknown.length > 0 && <p className={css.warn}>{t("imports.unknown", { names: read.unknown.join(", ") })}</p>}
            <div className="row">
              <Button busy={Boolean(progress?.dry)} tone={report?.dry ? "secondary" : "primary"} onClick={() => void run(read, true, nothing)}>
                {t("imports.try")}
              </Button>
              {report?.dry && report.outcomes.length > 0 && (
                <Button tone="primary" busy={progress?.dry === false} onClick={() => void run(read, false, report.refusedLines)}>
                  {report.refusedLines.size + read.problems.length > 0 ? t("imports.takeWithout", { count: report.outcomes.length, refused: report.refusedLines.size + read.problems.length }) : t("imports.take", { count: report.outcomes.length })}
                </Button>
              )}
            </div>
          </>
        )}
        {progress && <Bar value={progress.of ? progress.done / progress.of : 0} label={t("imports.progress", { done: progress.done, count: progress.of })} />}
        <Failed error={error} />
      </Section>
      {report && <Outcome report={report} read={read} />}
      {read && (read.problems.length > 0 || (report?.problems.length ?? 0) > 0) && <Problems problems={[...read.problems, ...(report?.problems ?? [])].sort((a, b) => a.line - b.line)} json={read.source !== "" || /\.json$/i.test(file?.name ?? "")} />}
      {!read && (
        <Section
          title={t("imports.format")}
          text={t("imports.formatText")}
          actions={
            <Button small onClick={() => download("films.csv", "text/csv;charset=utf-8", writeCsv([Object.keys(COLUMNS), ["ikiru-1952", "Ikiru", "生きる", "", "Drama", "", "JP", "1952-10-09", "143", "", "", "ja", "", "draft", "svod", "Akira Kurosawa", "Takashi Shimura; Haruo Tanaka", "", "Toho"]]))}>
              {t("imports.example")}
            </Button>
          }
        >
          <p className={css.columns}>
            {Object.keys(COLUMNS).map((name) => (
              <code key={name}>{name}</code>
            ))}
          </p>
        </Section>
      )}
    </Page>
  );
}

function Outcome({ report, read }: { report: Report; read: Read | undefined }) {
  const t = useAdminT();
  const count = (action: ImportAction) => report.outcomes.filter((one) => one.action === action).length;
  const changed = count(ImportAction.CREATED) + count(ImportAction.UPDATED);
  const refused = report.refusedLines.size + (read?.problems.length ?? 0);
  return (
    <Section
      title={t(report.dry ? "imports.wouldBe" : "imports.was")}
      text={changed === 0 && refused === 0 ? t("imports.nothing") : undefined}
      actions={
        !report.dry && (
          <ButtonLink small to="/admin/titles" search={{ kind: "movies", sort: "-create_time" }}>
            {t("imports.see")}
          </ButtonLink>
        )
      }
    >
      <Counters
        counts={[
          [t("report.new"), count(ImportAction.CREATED), "ok"],
          [t("report.changed"), count(ImportAction.UPDATED), "ok"],
          [t("report.unchanged"), count(ImportAction.UNCHANGED), "ok"],
          [t("report.refused"), refused, "danger"],
        ]}
      />
    </Section>
  );
}

function Problems({ problems, json }: { problems: Problem[]; json: boolean }) {
  const t = useAdminT();
  const shown = problems.slice(0, 200);
  return (
    <Section title={t("imports.problems")} text={problems.length > shown.length ? t("imports.first", { count: shown.length, all: problems.length }) : t("imports.problemsText")}>
      <Table
        caption={t("imports.problems")}
        rows={shown}
        idOf={(row) => `${row.line} ${row.field} ${row.text}`}
        nameOf={(row) => row.key}
        columns={[
          { id: "line", label: t(json ? "report.row" : "report.line"), cell: (row) => row.line },
          { id: "key", label: t("imports.key"), cell: (row) => <bdi>{row.key}</bdi> },
          { id: "field", label: t("diff.field"), cell: (row) => <bdi>{row.field}</bdi> },
          { id: "text", label: t("report.problem"), cell: (row) => (row.text === "number" ? t("imports.notANumber") : row.text === "column" ? t("imports.noKeys") : row.text === "list" ? t("imports.noRows") : row.text) },
        ]}
      />
    </Section>
  );
}
