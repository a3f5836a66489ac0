import { useRef, useState, type KeyboardEvent, type RefObject } from "react";
import { MarkerKind, type Marker } from "@gen/streamverse/content/v1/content_pb";
import { isTv } from "@/app/tv";
import { useT } from "@/i18n";
import { position } from "@/i18n/format";
import css from "./player.module.css";
import { Hold } from "./scrub";
import { tileAt, useThumbnails, type Tile } from "./thumbnails";

interface Props {
  start: number;
  end: number;
  now: number;
  buffered: number;
  markers: Marker[];
  /** Address of the track of small pictures; empty where there is none. */
  thumbnails: string;
  onSeek: (to: number) => void;
  field: RefObject<HTMLInputElement | null>;
}

/**
 * Two heads: one where the film is, one where the hand is. The film follows when the hand lets go, or at OK where
 * arrows move it (TV); Escape and Back bring the head back to the film.
 */
export function Timeline({ start, end, now, buffered, markers, thumbnails, onSeek, field }: Props) {
  const t = useT();
  const [preview, setPreview] = useState<number>();
  const [hover, setHover] = useState<number>();
  const length = Math.max(0.001, end - start);
  const part = (at: number) => Math.min(1, Math.max(0, (at - start) / length));
  const shown = preview ?? now;
  const tip = preview ?? hover;
  const tiles = useThumbnails(thumbnails, tip !== undefined);
  const chapter = (at: number) => [...markers].reverse().find((marker) => marker.kind === MarkerKind.CHAPTER && marker.startSeconds <= at)?.title;
  const hold = useRef(new Hold());
  const clamp = (at: number) => Math.min(end, Math.max(start, at));
  const settle = () => {
    if (preview !== undefined) onSeek(preview);
    setPreview(undefined);
  };
  const key = (event: KeyboardEvent) => {
    const take = () => {
      event.preventDefault();
      event.stopPropagation();
    };
    if (preview !== undefined && (event.key === "Escape" || event.key === "Backspace")) {
      take();
      return setPreview(undefined);
    }
    if (preview !== undefined && (event.key === "Enter" || event.key === " ")) {
      take();
      return settle();
    }
    if (event.shiftKey) return;
    if (isTv() && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
      take();
      const step = hold.current.step(event.nativeEvent);
      return setPreview((old) => clamp((old ?? now) + step));
    }
    const step = { ArrowLeft: -5, ArrowRight: 5, PageDown: -60, PageUp: 60 }[event.key];
    if (step === undefined) return;
    take();
    onSeek(clamp(now + step));
  };
  return (
    <div
      className={css.line}
      onPointerMove={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        setHover(start + ((event.clientX - box.left) / box.width) * length);
      }}
      onPointerLeave={() => setHover(undefined)}
    >
      <div className={css.rail}>
        <div className={css.buffer} style={{ transform: `scaleX(${part(buffered)})` }} />
        <div className={css.played} style={{ transform: `scaleX(${part(shown)})` }} />
        {markers
          .filter((marker) => marker.kind === MarkerKind.CHAPTER && marker.startSeconds > start)
          .map((marker, index) => (
            <span key={index} className={css.mark} style={{ left: `${part(marker.startSeconds) * 100}%` }} />
          ))}
      </div>
      <span className={css.knob} style={{ left: `${part(shown) * 100}%` }} />
      <input
        ref={field}
        type="range"
        aria-label={t("player.timeline")}
        aria-valuetext={t("player.positionText", { position: position(shown - start), duration: position(length) })}
        min={start}
        max={end}
        step="any"
        value={shown}
        onChange={(event) => setPreview(Number(event.target.value))}
        onPointerUp={settle}
        onKeyDown={key}
        // Arrows may lead away from here; what they only looked at is not where the film goes.
        onBlur={() => (isTv() ? setPreview(undefined) : settle())}
      />
      {tip !== undefined && <Preview part={part(tip)} text={[chapter(tip), position(tip - start)].filter(Boolean).join(" · ")} tile={tileAt(tiles, tip)} />}
    </div>
  );
}

/** What stands above the preview head, and never beyond the ends of its line. */
function Preview({ part, text, tile }: { part: number; text: string; tile: Tile | undefined }) {
  if (!tile)
    return (
      <span className={css.tip} style={{ left: `${Math.min(0.96, Math.max(0.04, part)) * 100}%` }}>
        {text}
      </span>
    );
  // Pixels for pixels, larger on televisions, and smaller where an upright one would stand out of the screen.
  const zoom = Math.min(isTv() ? 1.5 : 1, (innerHeight * 0.6) / tile.height);
  const half = `${(tile.width * zoom) / 2}px`;
  return (
    <span className={`${css.tip} ${css.withTile}`} style={{ left: `clamp(${half}, ${part * 100}%, calc(100% - ${half}))` }}>
      <span className={css.tile} style={{ inlineSize: tile.width, blockSize: tile.height, zoom, backgroundImage: `url("${tile.sheet}")`, backgroundPosition: `-${tile.x}px -${tile.y}px` }} />
      <span>{text}</span>
    </span>
  );
}
