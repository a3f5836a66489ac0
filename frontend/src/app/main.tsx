import "@/design/tokens.css";
import "@/design/base.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { startTransition, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { viewer } from "@/i18n";
import { applyLanguage, currentLanguage } from "@/i18n/language";
import { createQueries } from "@/wire/query";
import { watchNetwork } from "@/wire/reach";
import { session } from "@/wire/session";
import { flag, loadFlags } from "./flags";
import { createAppRouter } from "./router";
import { applyTheme } from "./theme";
import { applyTv } from "./tv";
import { turn } from "./turn";

applyTheme();
applyTv();

// What most come for is fetched beside what it waits for.
const home = location.pathname === "/" && session() ? import("@/features/home/page") : undefined;
home?.catch(() => undefined);
await Promise.all([loadFlags(), viewer.load(currentLanguage())]);
applyLanguage(currentLanguage());
if (!flag("mock")) watchNetwork();
if (flag("mock")) await (await import("@/wire/mock")).play();
else if (flag("record")) (await import("@/wire/mock")).record();

await turn();
const queries = createQueries();
// Where its answer is near, the home page is drawn once, and never as a skeleton.
const asked = home && session()?.profile ? home.then(({ begin }) => turn().then(() => begin(queries))) : undefined;
if (asked) await Promise.race([asked, new Promise((resolve) => setTimeout(resolve, 250))]).catch(() => undefined);
await turn();
const router = createAppRouter();
await turn();
// With the page there, all of it is drawn at once, in pieces between which the browser may do something else.
if (asked) await router.load();
const root = document.getElementById("root");
if (root)
  startTransition(() =>
    createRoot(root).render(
      <StrictMode>
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </StrictMode>,
    ),
  );
