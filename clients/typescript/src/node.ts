// The entry for Node: gRPC over HTTP/2.
import { createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";

import type { Options } from "./client.js";
import { StreamVerse } from "./client.js";

export * from "./index.js";

/** Sets up a client of an installation, e.g. `https://tv.example.org`. It connects with the first call. */
export function connect(baseUrl: string, options: Options = {}): StreamVerse {
  const sessionManager = new Http2SessionManager(baseUrl, { pingIntervalMs: 60_000 });
  const transport = createGrpcTransport({ baseUrl, sessionManager });
  return new StreamVerse(baseUrl, transport, options, () => sessionManager.abort());
}
