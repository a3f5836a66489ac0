import { ChevronLeft, ChevronRight } from "lucide-react";
import { startTransition, useEffect, useRef, useState, type ReactNode } from "react";
import { IconButton } from "@/design/button";
import { Skeleton } from "@/design/states";
import { useT } from "@/i18n";
import css from "./rail.module.css";

interface RailProps {
  title: string;
  shape?: "poster" | "wide" | "numbers";
  /** A link to all of it. */
  more?: ReactNode;
  children: ReactNode[];
}

/** So many are in sight on the widest screens: they are drawn first, and the others in their places a moment later. */
const IN_SIGHT = 9;

/** A row that scrolls sideways. A cut card at its end says that there is more. */
export function Rail({ title, shape = "poster", more, children }: RailProps) {
  const t = useT();
  const track = useRef<HTMLUListElement>(null);
  const [ends, setEnds] = useState({ start: true, end: children.length < IN_SIGHT });
  const [whole, setWhole] = useState(false);
  useEffect(() => startTransition(() => setWhole(true)), []);
  useEffect(() => {
    const box = track.current;
    if (!box) return;
    const look = () => {
      const at = Math.abs(box.scrollLeft);
      const [start, end] = [at < 8, at > box.scrollWidth - box.clientWidth - 8];
      setEnds((before) => (before.start === start && before.end === end ? before : { start, end }));
    };
    box.addEventListener("scroll", look, { passive: true });
    // It looks first when the row has been laid out anyway: to ask before would lay out rows that nobody sees yet.
    const size = new ResizeObserver(look);
    size.observe(box);
    return () => {
      box.removeEventListener("scroll", look);
      size.disconnect();
    };
  }, [children.length]);
  const turn = (by: 1 | -1) => {
    const box = track.current;
    const towards = document.documentElement.dir === "rtl" ? -by : by;
    box?.scrollBy({ left: towards * box.clientWidth * 0.85, behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth" });
  };
  return (
    <section className={css.rail} aria-label={title}>
      <div className={css.head}>
        <h2>{title}</h2>
        {more}
        {!(ends.start && ends.end) && (
          <div className={css.arrows}>
            <IconButton small label={t("home.scrollBack")} aria-disabled={ends.start} onClick={() => turn(-1)}>
              <ChevronLeft size={20} className="mirror" aria-hidden style={{ opacity: ends.start ? 0.4 : 1 }} />
            </IconButton>
            <IconButton small label={t("home.scrollOn")} aria-disabled={ends.end} onClick={() => turn(1)}>
              <ChevronRight size={20} className="mirror" aria-hidden style={{ opacity: ends.end ? 0.4 : 1 }} />
            </IconButton>
          </div>
        )}
      </div>
      <ul ref={track} data-rail className={[css.track, shape !== "poster" && css[shape]].filter(Boolean).join(" ")}>
        {children.map((child, index) => (
          <li key={index} className={shape === "numbers" ? css.numbered : undefined}>
            {shape === "numbers" && (whole || index < IN_SIGHT) && (
              <span className={css.number} aria-label={t("home.nth", { n: index + 1 })}>
                {index + 1}
              </span>
            )}
            {(whole || index < IN_SIGHT) && child}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** A rail's place while its titles are on their way: the same geometry. */
export function RailSkeleton({ wide }: { wide?: boolean }) {
  return (
    <div className={css.rail} aria-hidden>
      <div className={css.head}>
        <Skeleton width="10rem" height="1.625rem" />
      </div>
      <div className={[css.track, wide && css.wide].filter(Boolean).join(" ")}>
        {Array.from({ length: 8 }, (_, index) => (
          <div key={index}>
            <Skeleton ratio={wide ? "16 / 9" : "2 / 3"} />
            <Skeleton width="70%" height="1rem" style={{ marginBlockStart: "0.75rem" }} />
          </div>
        ))}
      </div>
    </div>
  );
}
