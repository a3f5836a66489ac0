import type { Role } from "./roles";

/** What the server takes, with room for what stands around the file in a request. */
export const MOST_BYTES = 4 * 1024 * 1024 - 1024;
export const MOST_PIXELS = 10_000;
export const ACCEPT = "image/jpeg,image/png,image/webp";

export type Kind = "image/jpeg" | "image/png" | "image/webp";
/** Why a file is not sent at all. */
export type Unfit = "type" | "large" | "damaged" | "pixels";
export interface Seen {
  kind: Kind;
  width: number;
  height: number;
}

/** Of which kind a file is, by its first bytes: names and what a browser makes of them say nothing. */
export function kindOf(head: Uint8Array): Kind | undefined {
  const begins = (bytes: number[], at = 0) => bytes.every((byte, index) => head[at + index] === byte);
  if (begins([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return "image/png";
  if (begins([0xff, 0xd8, 0xff])) return "image/jpeg";
  if (begins([0x52, 0x49, 0x46, 0x46]) && begins([0x57, 0x45, 0x42, 0x50], 8)) return "image/webp";
  return undefined;
}

/** Looks at a file before it is sent, as the server will: what it would refuse is not uploaded first. */
export async function look(file: Blob, decode: (file: Blob) => Promise<{ width: number; height: number }> = createImageBitmap): Promise<Seen | Unfit> {
  const kind = kindOf(new Uint8Array(await file.slice(0, 12).arrayBuffer()));
  if (!kind) return "type";
  if (file.size > MOST_BYTES) return "large";
  const size = await decode(file).catch(() => undefined);
  if (!size || size.width === 0 || size.height === 0) return "damaged";
  if (size.width > MOST_PIXELS || size.height > MOST_PIXELS) return "pixels";
  return { kind, width: size.width, height: size.height };
}

/** Whether a picture stands as its role is shown; one that does not is cut. */
export function stands({ width, height }: { width: number; height: number }, { shape }: Role): boolean {
  return shape === "any" || width === 0 || height === 0 || (shape === "upright" ? height > width : width > height);
}
