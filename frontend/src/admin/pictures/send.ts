import { currentLanguage } from "@/i18n/language";
import { accessToken } from "@/wire/auth";
import { deviceName } from "@/wire/device";
import { refused, unreached } from "@/wire/rest";
import type { Place } from "./shelf";
import type { Kind } from "./look";
import type { Role } from "./roles";

interface Sending {
  contentId: string;
  role: Role;
  language: string;
  file: Blob;
  kind: Kind;
  signal: AbortSignal;
  /** 0 to 1. */
  onProgress: (part: number) => void;
}

/**
 * Uploads a picture by REST: a call of the other kind could not say how far it is. Fails with a refusal, or as the
 * signal says.
 */
export async function send({ contentId, role, language, file, kind, signal, onProgress }: Sending): Promise<Place> {
  const token = await accessToken();
  signal.throwIfAborted();
  const request = new XMLHttpRequest();
  const answered = new Promise<void>((resolve, reject) => {
    request.onload = () => resolve();
    request.onerror = () => reject(unreached());
    request.onabort = () => reject(signal.reason as Error);
    request.upload.onprogress = ({ loaded, total }) => onProgress(total ? loaded / total : 0);
    signal.addEventListener("abort", () => request.abort());
  });
  request.open("PUT", `/admin/media/${contentId}/artwork/${role.word}?language=${encodeURIComponent(language)}`);
  request.setRequestHeader("content-type", kind);
  request.setRequestHeader("accept-language", currentLanguage());
  request.setRequestHeader("x-device-id", deviceName());
  if (token) request.setRequestHeader("authorization", `Bearer ${token}`);
  request.send(file);
  await answered;
  if (request.status !== 200) throw refused(request.responseText, request.getResponseHeader("x-request-id") ?? "");
  const { data } = JSON.parse(request.responseText) as { data: Omit<Place, "role"> };
  return { role: role.role, language: data.language, width: data.width, height: data.height, url: data.url };
}
