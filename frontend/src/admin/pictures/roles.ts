import { ArtworkRole } from "@gen/streamverse/content/v1/content_pb";
import type { AdminTextKey } from "../texts";

/** A role that a picture can have: as REST names it, in words, and which way round such a picture is. */
export interface Role {
  role: ArtworkRole;
  word: "poster" | "backdrop" | "still" | "logo";
  name: AdminTextKey;
  use: AdminTextKey;
  /** A logo may be either. */
  shape: "upright" | "flat" | "any";
}

export const ROLES: readonly Role[] = [
  { role: ArtworkRole.POSTER, word: "poster", name: "art.poster", use: "art.posterUse", shape: "upright" },
  { role: ArtworkRole.BACKDROP, word: "backdrop", name: "art.backdrop", use: "art.backdropUse", shape: "flat" },
  { role: ArtworkRole.STILL, word: "still", name: "art.still", use: "art.stillUse", shape: "flat" },
  { role: ArtworkRole.LOGO, word: "logo", name: "art.logo", use: "art.logoUse", shape: "any" },
];
