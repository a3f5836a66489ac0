import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate, type LinkProps } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { useDeferredValue, useEffect, useState, type KeyboardEvent } from "react";
import { Dialog } from "@/design/dialog";
import { TextField } from "@/design/field";
import css from "./layout.module.css";
import { groups, tuningPlaces, useMay } from "./navigation";
import { useAdminT } from "./texts";
import { kindOf, listTitles, type Kind } from "./titles/kinds";

interface Jump {
  label: string;
  note: string;
  link: LinkProps;
}

/** Leads to any page or title by a few letters: Ctrl+K, or the button. */
export function Palette() {
  const t = useAdminT();
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const key = (event: globalThis.KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      setOpen(true);
    };
    document.addEventListener("keydown", key);
    return () => document.removeEventListener("keydown", key);
  }, []);
  return (
    <>
      <button type="button" className={css.find} title={t("palette")} onClick={() => setOpen(true)}>
        <Search size={16} aria-hidden />
        <span>{t("palette.short")}</span>
        <kbd aria-hidden>Ctrl K</kbd>
      </button>
      {open && <Finder onClose={() => setOpen(false)} />}
    </>
  );
}

const KINDS: readonly Kind[] = ["movies", "series", "videos"];

function Finder({ onClose }: { onClose: () => void }) {
  const t = useAdminT();
  const may = useMay();
  const navigate = useNavigate();
  const [text, setText] = useState("");
  // The dialog opens with the focus on its first button; this is where people type at once.
  useEffect(() => document.getElementById("palette-field")?.focus(), []);
  const [at, setAt] = useState(0);
  const wanted = useDeferredValue(text.trim());
  const titles = useQuery({
    queryKey: ["admin", "palette", wanted],
    queryFn: async ({ signal }) => (await Promise.all(KINDS.filter((kind) => kind === "videos" || may("catalogue")).map((kind) => listTitles(kind, { pageSize: 4, pageToken: "", orderBy: "title", titlePrefix: wanted }, signal)))).flatMap(({ items }) => items),
    enabled: wanted.length > 1 && may("videos"),
    placeholderData: keepPreviousData,
  });
  const pages: Jump[] = [...groups, { label: "searching" as const, places: tuningPlaces }].flatMap((group) => group.places.filter(({ need }) => !need || may(need)).map(({ to, label }) => ({ label: t(label), note: t(group.label), link: { to } })));
  const jumps: Jump[] = [
    // By what is typed at this moment: who types fast and presses Enter goes where the letters say.
    ...pages.filter(({ label }) => label.toLowerCase().includes(text.trim().toLowerCase())),
    ...(wanted.length > 1 ? (titles.data ?? []) : []).map((row) => ({ label: row.title, note: t(`title.${kindOf(row)}`), link: { to: "/admin/titles/$kind/$id", params: { kind: kindOf(row), id: row.id } } as LinkProps })),
  ];
  const chosen = Math.min(at, jumps.length - 1);
  const go = (jump: Jump | undefined) => {
    if (!jump) return;
    onClose();
    void navigate(jump.link as never);
  };
  const key = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") setAt(Math.min(jumps.length - 1, chosen + 1));
    else if (event.key === "ArrowUp") setAt(Math.max(0, chosen - 1));
    else if (event.key === "Enter") go(jumps[chosen]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title={t("palette")} onClose={onClose}>
      <div onKeyDown={key} className="stack">
        <TextField
          label={t("palette.label")}
          id="palette-field"
          type="search"
          autoComplete="off"
          role="combobox"
          aria-expanded
          aria-controls="palette-options"
          aria-activedescendant={chosen >= 0 ? `palette-${chosen}` : undefined}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
          }}
        />
        <div role="listbox" id="palette-options" aria-label={t("palette")} className={css.options}>
          {jumps.map((jump, index) => (
            <button key={`${jump.label} ${index}`} id={`palette-${index}`} type="button" role="option" tabIndex={-1} aria-selected={index === chosen} onClick={() => go(jump)}>
              <span dir="auto">{jump.label}</span>
              <span className="quiet">{jump.note}</span>
            </button>
          ))}
        </div>
        {jumps.length === 0 && <p role="status">{t("pick.none")}</p>}
      </div>
    </Dialog>
  );
}
