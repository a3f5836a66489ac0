// Clients without a backend (FE-7): of answers that a test writes, or that were recorded from a real one.
import type { DescMessage, JsonValue, MessageShape } from "@bufbuild/protobuf";
import { create, fromJson, toJson, toJsonString } from "@bufbuild/protobuf";
import type { ConnectRouter, Transport } from "@connectrpc/connect";
import { Code, ConnectError, createRouterTransport } from "@connectrpc/connect";

import type { Options } from "./client.js";
import { StreamVerse } from "./client.js";
import { again, collect } from "./iterables.js";

/** An answer that a real program gave. */
export interface Recorded {
  /** E.g. `streamverse.content.v1.BrowseService/ListTitles`. */
  method: string;
  request: JsonValue;
  answers: JsonValue[];
}

/** A client whose services are objects: `mock(({ service }) => service(BrowseService, { listTitles: () => ({ items: [] }) }))`. */
export function mock(routes: (router: ConnectRouter) => void, options: Options = {}): StreamVerse {
  return new StreamVerse("http://mock.example", createRouterTransport(routes), options);
}

/** Has a transport note what it carries. Refusals are not noted. */
export function recording(below: Transport, recorded: Recorded[]): Transport {
  return {
    async unary(method, signal, timeoutMs, header, input, values) {
      const answer = await below.unary(method, signal, timeoutMs, header, input, values);
      recorded.push({
        method: `${method.parent.typeName}/${method.name}`,
        request: toJson(method.input, create(method.input, input)),
        answers: [toJson(method.output, answer.message)],
      });
      return answer;
    },
    async stream(method, signal, timeoutMs, header, input, values) {
      const sent = await collect(input);
      const answer = await below.stream(method, signal, timeoutMs, header, again(sent), values);
      const entry: Recorded = {
        method: `${method.parent.typeName}/${method.name}`,
        request: sent[0] === undefined ? null : toJson(method.input, create(method.input, sent[0])),
        answers: [],
      };
      recorded.push(entry);
      return { ...answer, message: note(method.output, answer.message, entry.answers) };
    },
  };
}

/** A client that gives recorded answers: those of the same request, else the first of the method. */
export function replay(recorded: readonly Recorded[], options: Options = {}): StreamVerse {
  const answers = (method: { parent: { typeName: string }; name: string }, request: string): JsonValue[] => {
    const name = `${method.parent.typeName}/${method.name}`;
    const known = recorded.filter((entry) => entry.method === name);
    const found = known.find((entry) => JSON.stringify(entry.request) === request) ?? known[0];
    if (!found) throw new ConnectError(`no answer of ${name} was recorded`, Code.Unimplemented);
    return found.answers;
  };
  const transport: Transport = {
    async unary(method, _signal, _timeoutMs, _header, input) {
      const [answer] = answers(method, toJsonString(method.input, create(method.input, input)));
      const message = fromJson(method.output, answer ?? {});
      return { stream: false, service: method.parent, method, header: new Headers(), trailer: new Headers(), message };
    },
    async stream(method, _signal, _timeoutMs, _header, input) {
      const [sent] = await collect(input);
      const request = sent === undefined ? "null" : toJsonString(method.input, create(method.input, sent));
      const message = again(answers(method, request).map((answer) => fromJson(method.output, answer)));
      return { stream: true, service: method.parent, method, header: new Headers(), trailer: new Headers(), message };
    },
  };
  return new StreamVerse("http://mock.example", transport, options);
}

async function* note<M extends DescMessage>(
  schema: M,
  messages: AsyncIterable<MessageShape<M>>,
  into: JsonValue[],
): AsyncGenerator<MessageShape<M>, void, undefined> {
  for await (const message of messages) {
    into.push(toJson(schema, message));
    yield message;
  }
}
