/** A choice that the stream offers. */
export interface Choice {
  id: string;
  label: string;
  language: string;
  active: boolean;
}

export interface Tracks {
  /** Heights, best first. */
  qualities: Choice[];
  audio: Choice[];
  captions: Choice[];
  /** The height that is shown now, whoever chose it. */
  height: number;
  auto: boolean;
}

export interface Stats {
  codec: string;
  resolution: string;
  bandwidth: number;
  buffer: number;
  dropped: number;
  stalls: number;
}

export interface EngineEvents {
  tracks: () => void;
  buffering: (on: boolean) => void;
  /** What cannot be gone on from; `expired` where the address has ended and a new one helps. */
  error: (problem: { expired: boolean; offline: boolean; code: number }) => void;
}

/** What the player needs of whoever fetches and decodes. Everything else it asks the video element. */
export interface Engine {
  load(url: string, at: number | undefined): Promise<void>;
  tracks(): Tracks;
  quality(id: string | "auto"): void;
  audio(id: string): void;
  captions(id: string | undefined): void;
  /** From where to where one can seek; of a live channel it moves. */
  range(): { start: number; end: number };
  stats(): Stats;
  on<Name extends keyof EngineEvents>(name: Name, listener: EngineEvents[Name]): void;
  destroy(): Promise<void>;
}
