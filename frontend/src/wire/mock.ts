import { createRouterTransport } from "@connectrpc/connect";
import { replaceTransport } from "./transport";

/** Puts recorded answers in the place of the server (FE-7). */
export function start() {
  replaceTransport(createRouterTransport(() => {}));
}
