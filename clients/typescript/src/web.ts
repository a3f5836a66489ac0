// The entry for browsers: grpc-web.
import { createGrpcWebTransport } from "@connectrpc/connect-web";

import type { Options } from "./client.js";
import { StreamVerse } from "./client.js";

export * from "./index.js";

/** Sets up a client of an installation; by default the one that served the page. */
export function connect(baseUrl: string = location.origin, options: Options = {}): StreamVerse {
  return new StreamVerse(baseUrl, createGrpcWebTransport({ baseUrl }), options);
}
