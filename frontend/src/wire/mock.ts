import { create, fromJson, toJson, type DescMethod, type JsonValue, type MessageShape } from "@bufbuild/protobuf";
import { Code, ConnectError, type Transport, type UnaryResponse } from "@connectrpc/connect";
import recordingUrl from "../../mock/recording.json?url";
import { begin, finish, write } from "./log";
import { replaceTransport } from "./transport";

/** One call as it was answered; requests and answers in protobuf's JSON. */
export interface Recorded {
  method: string;
  request: JsonValue;
  response: JsonValue;
}

export interface Recording {
  /** When it was made, in milliseconds since 1970: what is on the air is moved by the time since then. */
  time: number;
  calls: Recorded[];
}

const nameOf = (method: DescMethod) => `${method.parent.typeName}/${method.name}`;

/** The recorded answer: of the very same request, else of the same method. Times of guides move with the clock. */
export function answer(recording: Recording, method: string, request: JsonValue, now = Date.now()): JsonValue | undefined {
  const calls = recording.calls.filter((call) => call.method === method);
  const same = JSON.stringify(request);
  const found = calls.find((call) => JSON.stringify(call.request) === same) ?? calls[0];
  if (!found) return undefined;
  if (!method.startsWith("streamverse.livetv.")) return found.response;
  const moved = now - recording.time;
  return JSON.parse(JSON.stringify(found.response).replace(/"(\d{4}-\d\d-\d\dT[\d:.]+Z)"/g, (_whole, time: string) => JSON.stringify(new Date(Date.parse(time) + moved).toISOString()))) as JsonValue;
}

function transportOf(recording: Recording): Transport {
  return {
    async unary(method, signal, _timeout, _header, input) {
      const message = create(method.input, input);
      const id = begin({ method: nameOf(method).replace(/^.*\./, ""), transport: "grpc-web", traceId: "" });
      write(id, { request: message });
      // As long as a near server takes, so that skeletons are seen as they will be.
      await new Promise((resolve) => setTimeout(resolve, 40));
      signal?.throwIfAborted();
      const json = answer(recording, nameOf(method), toJson(method.input, message));
      if (json === undefined) {
        finish(id, { status: "UNIMPLEMENTED" });
        throw new ConnectError("This was not recorded.", Code.Unimplemented);
      }
      const response = fromJson(method.output, json, { ignoreUnknownFields: true });
      finish(id, { status: "OK", messages: 1 });
      write(id, { response });
      return { stream: false, service: method.parent, method, header: new Headers(), trailer: new Headers(), message: response as MessageShape<typeof method.output> } as UnaryResponse<typeof method.input, typeof method.output>;
    },
    stream() {
      return Promise.reject(new ConnectError("Streams are not recorded.", Code.Unimplemented));
    },
  };
}

/** Puts recorded answers in the place of the server (FE-7). */
export async function play() {
  const recording = (await (await fetch(recordingUrl)).json()) as Recording;
  replaceTransport(() => transportOf(recording));
}

const SECRET = /token|secret|password/i;

/** Keeps every answer in `window.recording`, without what signs anybody in; tests/record.mjs writes it to a file. */
export function record() {
  const recording: Recording = { time: Date.now(), calls: [] };
  Object.assign(window, { recording });
  const clean = (json: JsonValue) => JSON.parse(JSON.stringify(json, (key, value: unknown) => (SECRET.test(key) && typeof value === "string" && !/page/i.test(key) ? "" : value))) as JsonValue;
  replaceTransport((real) => ({
    async unary(method, ...rest) {
      const response = await real.unary(method, ...rest);
      const request = clean(toJson(method.input, create(method.input, rest[3])));
      const entry = { method: nameOf(method), request, response: clean(toJson(method.output, response.message)) };
      const same = recording.calls.findIndex((call) => call.method === entry.method && JSON.stringify(call.request) === JSON.stringify(request));
      if (same < 0) recording.calls.push(entry);
      else recording.calls[same] = entry;
      return response;
    },
    stream: (...call) => real.stream(...call),
  }));
}
