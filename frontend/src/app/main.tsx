import "@/design/tokens.css";
import "@/design/base.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { viewer } from "@/i18n";
import { applyLanguage, currentLanguage } from "@/i18n/language";
import { createQueries } from "@/wire/query";
import { session } from "@/wire/session";
import { flag, loadFlags } from "./flags";
import { createAppRouter } from "./router";
import { applyTheme } from "./theme";
import { applyTv } from "./tv";

applyTheme();
applyTv();

// What most come for is fetched beside what it waits for.
if (location.pathname === "/" && session()) void import("@/features/home/page");
await Promise.all([loadFlags(), viewer.load(currentLanguage())]);
applyLanguage(currentLanguage());
if (flag("mock")) await (await import("@/wire/mock")).play();
else if (flag("record")) (await import("@/wire/mock")).record();

const queries = createQueries();
const router = createAppRouter();
const root = document.getElementById("root");
if (root)
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  );
