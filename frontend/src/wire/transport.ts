import type { Interceptor, Transport } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { authorize, randomHex } from "./auth";
import { deviceName } from "./device";
import { earlyTrace, fetchOrTake } from "./early";
import { begin, finish, write } from "./log";
import { Refusal } from "./refusal";
import { currentLanguage } from "@/i18n/language";

/** What every call says of itself, and what the wire drawer hears of it. */
const describe: Interceptor = (next) => async (request) => {
  const traceId = earlyTrace(request.url) ?? randomHex(16);
  request.header.set("traceparent", `00-${traceId}-${randomHex(8)}-01`);
  request.header.set("accept-language", currentLanguage());
  request.header.set("x-device-id", deviceName());
  const id = begin({
    method: `${request.service.typeName.split(".").pop() ?? ""}/${request.method.name}`,
    transport: request.stream ? "stream" : "grpc-web",
    traceId,
  });
  if (!request.stream) write(id, { request: request.message });
  try {
    const response = await next(request);
    const requestId = response.header.get("x-request-id") ?? "";
    if (!response.stream) {
      finish(id, { status: "OK", requestId, messages: 1 });
      write(id, { response: response.message });
      return response;
    }
    return { ...response, message: counted(id, requestId, response.message) };
  } catch (error) {
    const refusal = Refusal.of(error);
    finish(id, { status: refusal.reason, requestId: refusal.requestId, response: refusal.message });
    throw error;
  }
};

async function* counted<T>(id: number, requestId: string, messages: AsyncIterable<T>): AsyncIterable<T> {
  let count = 0;
  try {
    for await (const message of messages) {
      count += 1;
      finish(id, { status: "open", requestId, messages: count });
      yield message;
    }
  } finally {
    finish(id, { status: "ended", messages: count });
  }
}

function over(interceptors: Interceptor[]): Transport {
  return createGrpcWebTransport({ baseUrl: location.origin, interceptors, defaultTimeoutMs: 20_000, fetch: fetchOrTake });
}

const bare = over([describe]);

/** Describes calls of transports that are no servers, too, so that the wire drawer shows them. */
export const described = describe;

let chosen: Transport = over([authorize(() => bare), describe]);

/** The transport that everything uses. Mock mode puts its own in its place before anything is asked. */
export const transport: Transport = {
  unary: (...call) => chosen.unary(...call),
  stream: (...call) => chosen.stream(...call),
};

export function replaceTransport(by: (before: Transport) => Transport) {
  chosen = by(chosen);
}
