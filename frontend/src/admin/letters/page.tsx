import { useQuery, useQueryClient } from "@tanstack/react-query";
import { RotateCcw, Trash2 } from "lucide-react";
import { DeadLetterSource, type DeadLetter } from "@gen/streamverse/jobs/v1/jobs_pb";
import { Dialog } from "@/design/dialog";
import { Failure, Skeleton } from "@/design/states";
import { toast } from "@/design/toast";
import { dateTime, relative } from "@/i18n/format";
import { useAddress, type Search } from "../address";
import { Ask } from "../ask";
import { Facts, Page } from "../frame";
import { List } from "../list";
import { useAdminT } from "../texts";
import { deadLetters } from "./client";
import css from "./letters.module.css";

const SOURCES = [
  [DeadLetterSource.CONSUMER, "consumer", "letters.consumer"],
  [DeadLetterSource.OUTBOX, "outbox", "letters.outbox"],
] as const;

/** What the address asks for, as the calls want it. */
const choiceOf = ({ source, service, topic, group }: Search) => ({
  source: SOURCES.find(([, word]) => word === source)?.[0] ?? DeadLetterSource.UNSPECIFIED,
  service: service ?? "",
  topic: topic ?? "",
  group: group ?? "",
});

/** Who gave it up: a service's outbox, or a group of consumers. */
const holderOf = (letter: DeadLetter) => letter.service || letter.group;
const nameOf = (letter: DeadLetter) => `${letter.topic} ${letter.key}`;

/** Events that the bus refused, and records that consumers gave up (EVT-9). */
export function Letters() {
  const t = useAdminT();
  const { search, show } = useAddress();
  return (
    <Page title={t("letters")} note={t("letters.text")} actions={<ReplayAll search={search} />}>
      <List
        name="dead-letters"
        caption={t("letters")}
        everySeconds={15}
        ask={({ pageSize, pageToken }, words, signal) => deadLetters.listDeadLetters({ pageSize, pageToken, ...choiceOf(words) }, { ...(signal ? { signal } : {}) })}
        idOf={(row) => row.id}
        nameOf={nameOf}
        open={(row) => ({ to: ".", search: { ...search, letter: row.id }, resetScroll: false }) as never}
        filters={[
          { id: "source", label: t("letters.source"), options: SOURCES.map(([, word, label]) => [word, t(label)] as const) },
          { id: "topic", label: t("letters.topic") },
          { id: "group", label: t("letters.group") },
          { id: "service", label: t("letters.service") },
        ]}
        columns={[
          { id: "topic", label: t("letters.topic"), text: (row) => row.topic, cell: (row) => <b><bdi>{row.topic}</bdi></b> },
          { id: "key", label: t("work.about"), text: (row) => row.key, cell: (row) => <bdi title={row.key}>{short(row.key)}</bdi> },
          { id: "holder", label: t("letters.source"), text: holderOf, cell: (row) => <Holder letter={row} /> },
          { id: "cause", label: t("letters.cause"), text: (row) => row.cause, cell: (row) => <span dir="auto">{row.cause}</span> },
          { id: "attempts", label: t("work.attempts"), end: true, text: (row) => String(row.attempts), cell: (row) => row.attempts || "–" },
          { id: "time", label: t("letters.time"), text: (row) => dateTime(row.deadTime), cell: (row) => <time title={dateTime(row.deadTime)}>{relative(row.deadTime)}</time> },
        ]}
        bulk={[
          { id: "replay", verb: (count) => t("letters.replay", { count }), effect: t("letters.replayText"), tone: "primary", run: ({ id }) => deadLetters.replayDeadLetter({ letterId: id }) },
          { id: "drop", verb: (count) => t("letters.drop", { count }), effect: t("letters.dropText"), tone: "danger", final: true, run: ({ id }) => deadLetters.dropDeadLetter({ letterId: id }) },
        ]}
        empty={{ title: t("letters.none"), text: t("letters.noneText") }}
      />
      {search.letter && <Letter id={search.letter} onClose={() => show({ letter: undefined })} />}
    </Page>
  );
}

/** Ids are long; their ends tell them apart. */
function short(id: string): string {
  return id.length > 20 ? `…${id.slice(-8)}` : id;
}

function Holder({ letter }: { letter: DeadLetter }) {
  const t = useAdminT();
  const found = SOURCES.find(([value]) => value === letter.source);
  return (
    <span>
      {found && t(found[2])} <bdi className="quiet">{holderOf(letter)}</bdi>
    </span>
  );
}

/** Everything that the filters leave, whether it is on the page or not. */
function ReplayAll({ search }: { search: Search }) {
  const t = useAdminT();
  const narrowed = ["source", "topic", "group", "service"].some((name) => search[name]);
  return (
    <Ask
      tone="secondary"
      icon={<RotateCcw size={16} aria-hidden />}
      verb={t(narrowed ? "letters.replayMatching" : "letters.replayAll")}
      title={t(narrowed ? "letters.replayMatchingTitle" : "letters.replayAllTitle")}
      effect={t("letters.replayAllText")}
      done={t("letters.asked")}
      run={async () => {
        const { replayed, more, unreachable } = await deadLetters.replayDeadLetters(choiceOf(search));
        toast([t("letters.replayed", { count: replayed }), more && t("letters.more"), unreachable.length > 0 && t("list.unreachable", { names: unreachable.join(", ") })].filter(Boolean).join(" "));
      }}
    />
  );
}

/** One letter with what it says. The server leaves secrets out, and keeps who has read it. */
function Letter({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useAdminT();
  const queries = useQueryClient();
  const found = useQuery({ queryKey: ["admin-letter", id], queryFn: ({ signal }) => deadLetters.getDeadLetter({ letterId: id }, { signal }), staleTime: Infinity, gcTime: 0, refetchOnWindowFocus: false });
  const letter = found.data?.letter;
  const settled = () => {
    onClose();
    void queries.invalidateQueries({ queryKey: ["admin", "dashboard"] });
  };
  return (
    <Dialog
      title={letter?.topic ?? t("letters.one")}
      onClose={onClose}
      wide
      actions={
        letter && (
          <>
            <Ask icon={<Trash2 size={16} aria-hidden />} verb={t("letters.drop", { count: 1 })} title={t("letters.dropTitle")} effect={t("letters.dropText")} done={t("letters.dropped")} run={() => deadLetters.dropDeadLetter({ letterId: id })} then={settled} />
            <Ask tone="primary" icon={<RotateCcw size={16} aria-hidden />} verb={t("letters.replay", { count: 1 })} title={t("letters.replayTitle")} effect={t("letters.replayText")} done={t("letters.asked")} run={() => deadLetters.replayDeadLetter({ letterId: id })} then={settled} />
          </>
        )
      }
    >
      {found.isError ? (
        <Failure error={found.error} onRetry={() => void found.refetch()} />
      ) : !letter ? (
        <Skeleton height="16rem" />
      ) : (
        <>
          <p className={css.cause} dir="auto">
            {letter.cause}
          </p>
          <Facts
            facts={[
              [t("letters.source"), <Holder key="h" letter={letter} />],
              [t("work.about"), <bdi key="k">{letter.key}</bdi>],
              [t("letters.version"), <bdi key="v">{String(letter.version)}</bdi>],
              [t("work.attempts"), letter.attempts],
              [t("letters.time"), dateTime(letter.deadTime)],
              [t("letters.message"), <bdi key="m">{letter.message}</bdi>],
              [t("letters.id"), <bdi key="i">{letter.id}</bdi>],
            ]}
          />
          {letter.payload ? (
            <pre className={css.payload} tabIndex={0} role="region" aria-label={t("letters.payload")}>
              {JSON.stringify(letter.payload, null, 2)}
            </pre>
          ) : (
            <p className="second">{t("letters.noPayload")}</p>
          )}
        </>
      )}
    </Dialog>
  );
}
