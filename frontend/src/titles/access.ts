import { useQuery } from "@tanstack/react-query";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import { Monetization, type Content } from "@gen/streamverse/content/v1/content_pb";
import { EntitlementKind, type Entitlement } from "@gen/streamverse/rights/v1/orders_pb";
import { OffersSchema, type Offer } from "@gen/streamverse/rights/v1/rights_pb";
import { orders } from "@/wire/clients/orders";
import { playback } from "@/wire/clients/playback";
import { playSessions } from "@/wire/clients/playSessions";
import { Refusal } from "@/wire/refusal";

/** Whether this profile may watch a title now, and what would open it. */
export type Access =
  | { kind: "play"; because?: Entitlement | undefined; free?: boolean }
  | { kind: "not-ready" }
  | { kind: "opens"; at: Date }
  | { kind: "denied"; basis: string; offers: Offer[] };

export const entitlementsQuery = { queryKey: ["entitlements"], queryFn: ({ signal }: { signal: AbortSignal }) => orders.listEntitlements({ pageSize: 100 }, { signal }) };

/** What was refused, where it says what would open the title. */
export function deniedOf(refusal: Refusal): Access | undefined {
  if (refusal.reason === "MEDIA_NOT_READY") return { kind: "not-ready" };
  if (refusal.reason !== "ACCESS_DENIED") return undefined;
  return { kind: "denied", basis: refusal.values.basis ?? "", offers: refusal.cause?.findDetails(OffersSchema).flatMap((detail) => detail.offers) ?? [] };
}

/**
 * The decision belongs to the server, and only playing asks for it. So what is plain from the account's entitlements
 * and the title's terms is said at once, and only where those say no is playing asked for its refusal, which lists
 * the offers. Asking never interrupts what the account plays: it is done only where nothing lets the title be played.
 */
async function decide(title: Content, playable: string, entitlements: Entitlement[], signal: AbortSignal): Promise<Access> {
  const opens = opening(title);
  if (opens) return { kind: "opens", at: opens };
  const ready = await hasMediaNow(playable, signal);
  const series = title.details.case === "episode" ? title.details.value.seriesId : "";
  const owned = entitlements.find((one) => one.contentId !== "" && (one.contentId === title.id || one.contentId === series || one.contentId === playable));
  const plan = entitlements.find((one) => one.kind === EntitlementKind.PLAN);
  if (owned) return ready ? { kind: "play", because: owned } : { kind: "not-ready" };
  if (title.monetization === Monetization.SVOD && plan) return ready ? { kind: "play", because: plan } : { kind: "not-ready" };
  if (title.monetization === Monetization.AVOD || title.monetization === Monetization.UNSPECIFIED) return ready ? { kind: "play", free: true } : { kind: "not-ready" };
  try {
    const answer = await playback.playOnDemand({ contentId: playable }, { signal });
    await playSessions.stopPlaySession({ sessionId: answer.sessionId });
    return { kind: "play", because: plan };
  } catch (error) {
    const refusal = Refusal.of(error);
    if (refusal.reason === "STREAM_LIMIT") return { kind: "play", because: plan };
    const denied = deniedOf(refusal);
    if (denied) return denied;
    throw error;
  }
}

function opening(title: Content): Date | undefined {
  const windows = title.availability?.windows ?? [];
  const now = Date.now();
  const starts = windows.map((window) => (window.startTime ? timestampDate(window.startTime) : undefined));
  if (windows.length === 0 || starts.some((start) => !start || start.getTime() <= now)) return undefined;
  return starts.filter((start): start is Date => start !== undefined).sort((a, b) => a.getTime() - b.getTime())[0];
}

/** Published media brings its poster, which is the only thing that anyone may ask about it. */
export async function hasMediaNow(id: string, signal: AbortSignal): Promise<boolean> {
  const response = await fetch(`/stream/poster/${encodeURIComponent(id)}`, { method: "HEAD", signal });
  return response.ok;
}

/** `playable` is the title itself, or the episode that a series would go on with. */
export function useAccess(title: Content | undefined, playable: string | undefined) {
  const entitlements = useQuery({ ...entitlementsQuery, enabled: title !== undefined });
  return useQuery({
    queryKey: ["access", title?.id, playable, entitlements.dataUpdatedAt],
    queryFn: ({ signal }) => decide(title as Content, playable ?? "", entitlements.data?.items ?? [], signal),
    enabled: title !== undefined && Boolean(playable) && !entitlements.isPending,
    staleTime: 60_000,
    retry: false,
  });
}
