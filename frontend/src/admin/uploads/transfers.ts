import { useSyncExternalStore } from "react";
import type { DetailedError, HttpRequest, Upload } from "tus-js-client";
import { currentLanguage } from "@/i18n/language";
import { accessToken } from "@/wire/auth";
import { deviceName } from "@/wire/device";
import type { Refusal } from "@/wire/refusal";
import { refused } from "@/wire/rest";
import { session, subscribe } from "@/wire/session";
import { Pace } from "./pace";

/** A file on its way from this page. It goes on while other pages are looked at. */
export interface Transfer {
  key: number;
  contentId: string;
  /** The page of the title, within the app. */
  page: string;
  /** The import's id, once the server has given one. */
  id: string;
  name: string;
  size: number;
  sent: number;
  /** Bytes a second; 0 as long as nobody can say. */
  rate: number;
  /** `arrived` until the list of imports says so, too. */
  state: "sending" | "paused" | "failed" | "arrived";
  /** Why it failed, where the server has said so. */
  refusal: Refusal | undefined;
}

/** Bytes of a request: what a break costs at most, unless the server has kept more. */
const PIECE = 16 * 1024 * 1024;

let transfers: Transfer[] = [];
const uploads = new Map<number, Upload>();
const listeners = new Set<() => void>();
let last = 0;

function set(next: Transfer[]) {
  transfers = next;
  for (const listener of listeners) listener();
}

function change(key: number, by: Partial<Transfer>) {
  set(transfers.map((one) => (one.key === key ? { ...one, ...by } : one)));
}

/** Leaves out what is sent no longer. */
export function forget(key: number) {
  uploads.delete(key);
  set(transfers.filter((one) => one.key !== key));
}

/** All that is sent from this page of the browser, for whatever title. */
export function useAllTransfers(): readonly Transfer[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => transfers,
  );
}

export function useTransfers(contentId: string): Transfer[] {
  return useAllTransfers().filter((one) => one.contentId === contentId);
}

/** What every request says, besides what tus wants. */
async function headers(): Promise<Record<string, string>> {
  const token = await accessToken();
  return { ...(token ? { authorization: `Bearer ${token}` } : {}), "accept-language": currentLanguage(), "x-device-id": deviceName() };
}

/** Sends a file for a title, or goes on with it where an earlier upload from this browser broke off. */
export async function send(contentId: string, file: File): Promise<void> {
  // What runs here goes on as it is; what stopped here is taken up anew with the file that was chosen.
  const same = transfers.find((one) => one.contentId === contentId && one.name === file.name && one.size === file.size);
  if (same?.state === "sending") return;
  if (same) forget(same.key);
  const key = (last += 1);
  set([...transfers, { key, contentId, page: location.pathname, id: "", name: file.name, size: file.size, sent: 0, rate: 0, state: "sending", refusal: undefined }]);
  const pace = new Pace();
  const failed = (error: unknown) => {
    const answer = (error as Partial<DetailedError>).originalResponse;
    change(key, { state: "failed", rate: 0, refusal: answer?.getBody() ? refused(answer.getBody(), answer.getHeader("x-request-id") ?? "") : undefined });
  };
  try {
    const { Upload } = await import("tus-js-client");
    const upload = new Upload(file, {
      endpoint: `${location.origin}/admin/media/${contentId}/uploads`,
      metadata: { filename: file.name },
      chunkSize: PIECE,
      retryDelays: [0, 1000, 3000, 5000, 10_000],
      removeFingerprintOnSuccess: true,
      onBeforeRequest: async (request: HttpRequest) => {
        for (const [name, value] of Object.entries(await headers())) request.setHeader(name, value);
      },
      onUploadUrlAvailable: () => change(key, { id: upload.url?.split("/").pop() ?? "" }),
      onProgress: (sent) => {
        pace.add(sent, performance.now());
        change(key, { sent, rate: pace.rate });
      },
      onError: failed,
      onSuccess: () => {
        uploads.delete(key);
        change(key, { state: "arrived", sent: file.size, rate: 0 });
      },
    });
    uploads.set(key, upload);
    const [earlier] = (await upload.findPreviousUploads()).sort((a, b) => b.creationTime.localeCompare(a.creationTime));
    if (earlier) upload.resumeFromPreviousUpload(earlier);
    if (uploads.has(key)) upload.start();
  } catch (error) {
    failed(error);
  }
}

export async function pause(key: number): Promise<void> {
  change(key, { state: "paused", rate: 0 });
  await uploads.get(key)?.abort();
}

export function resume(key: number) {
  change(key, { state: "sending", refusal: undefined });
  uploads.get(key)?.start();
}

/** Ends an upload, or the import that it has become, on the server, and what sends it here. */
export async function cancel(contentId: string, id: string, key?: number): Promise<void> {
  if (key !== undefined) await pause(key);
  if (id) {
    const answer = await fetch(`/admin/media/${contentId}/uploads/${id}`, { method: "DELETE", headers: { ...(await headers()), "tus-resumable": "1.0.0" } });
    // What has ended already is what was wanted.
    if (!answer.ok && answer.status !== 404 && answer.status !== 410) throw refused(await answer.text(), answer.headers.get("x-request-id") ?? "");
  }
  if (key !== undefined) forget(key);
}

// Nothing is sent in the name of somebody who has left.
subscribe(() => {
  if (!session()) for (const { key, state } of transfers) if (state === "sending") void pause(key);
});

addEventListener("beforeunload", (event) => {
  if (transfers.some((one) => one.state === "sending")) event.preventDefault();
});
