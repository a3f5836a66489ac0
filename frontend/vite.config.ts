import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const backend = process.env.STREAMVERSE_URL ?? "http://127.0.0.1:3000";
const generated = fileURLToPath(new URL("../gen/typescript/src", import.meta.url));
const source = fileURLToPath(new URL("./src", import.meta.url));

const toBackend = {
  target: backend,
  // A page that is opened or reloaded is ours; what scripts and players ask for is the server's.
  bypass: (request: { method?: string; url?: string; headers: { accept?: string } }) =>
    request.method === "GET" && request.headers.accept?.includes("text/html") ? "/index.html" : undefined,
};
const proxy = Object.fromEntries(
  ["^/streamverse\\.", "^/stream/", "^/play/", "^/api/", "^/admin/", "^/health$"].map((path) => [path, toBackend]),
);

/** Cascade layers take their order from where they are named first, and bundling sorts sheets by its own rules. */
const layers: Plugin = {
  name: "layers-first",
  enforce: "post",
  generateBundle: {
    order: "post",
    handler(_options, bundle) {
      for (const file of Object.values(bundle))
        if (file.type === "asset" && file.fileName.endsWith(".css")) file.source = `@layer reset,tokens,base,components,pages;${String(file.source)}`;
    },
  },
};

/** The app speaks protobuf's binary form only; what reads and writes its JSON would be a tenth of what is loaded first. */
const binaryOnly: Plugin = {
  name: "binary-only",
  apply: "build",
  transform: {
    filter: { id: /@connectrpc\/connect\/dist\/esm\/protocol\/serialization\.js$/ },
    handler(code) {
      const imported = "import { fromBinary, fromJsonString, toBinary, toJsonString, } from \"@bufbuild/protobuf\";";
      if (!code.includes(imported)) this.error("another version of Connect: look at what its serialization imports");
      return code.replace(imported, "import { fromBinary, toBinary } from \"@bufbuild/protobuf\";\nconst none = () => { throw new Error(\"binary only\"); }, fromJsonString = none, toJsonString = none;");
    },
  },
};

/**
 * Puts src/app/early.ts before all else, as a script that nothing waits for but the first paint, and tells it the files
 * of the home page, which most come for.
 */
const early: Plugin = {
  name: "early",
  buildStart() {
    if (this.environment.mode === "build") this.emitFile({ type: "chunk", id: fileURLToPath(new URL("./src/app/early.ts", import.meta.url)), name: "early" });
  },
  transformIndexHtml: {
    order: "post",
    handler(html, { bundle }) {
      const put = (attributes: string) => html.replace("<!-- early -->", `<script ${attributes}></script>`);
      if (!bundle) return put('type="module" src="/src/app/early.ts"');
      const chunks = Object.values(bundle).filter((file) => file.type === "chunk");
      const of = (path: string) => chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith(path));
      const script = of("/src/app/early.ts");
      const home = of("/src/features/home/page.tsx");
      const entry = chunks.find(({ isEntry, fileName }) => isEntry && fileName !== script?.fileName);
      if (!script || !home || !entry) throw new Error("the entry, early.ts or the home page is not in the bundle");
      if (script.imports.length > 0) throw new Error("early.ts imports something, and is a plain script");
      const files = (from: string, found = new Set<string>()): Set<string> => {
        const chunk = bundle[from];
        if (chunk?.type !== "chunk" || found.has(from)) return found;
        found.add(from);
        for (const style of chunk.viteMetadata?.importedCss ?? []) found.add(style);
        for (const next of chunk.imports) files(next, found);
        return found;
      };
      const known = files(entry.fileName);
      const wanted = [...files(home.fileName)].filter((file) => !known.has(file));
      return put(`src="/${script.fileName}" data-home="${wanted.map((file) => `/${file}`).join(" ")}"`);
    },
  },
};

/** What a file imports in the end, not counting what is imported only once it is needed. */
function reaches(from: string, of: (id: string) => { importedIds: readonly string[] } | null, found = new Set<string>()): Set<string> {
  if (found.has(from)) return found;
  found.add(from);
  for (const next of of(from)?.importedIds ?? []) reaches(next, of, found);
  return found;
}

const entry = fileURLToPath(new URL("./src/app/main.tsx", import.meta.url));
const home = fileURLToPath(new URL("./src/features/home/page.tsx", import.meta.url));

export default defineConfig({
  plugins: [react(), layers, binaryOnly, early],
  resolve: {
    alias: { "@gen": generated, "@": source },
    // The generated code lies outside this folder and has no dependencies of its own.
    dedupe: ["@bufbuild/protobuf"],
  },
  server: { proxy, fs: { allow: [fileURLToPath(new URL("..", import.meta.url))] } },
  preview: { proxy },
  build: {
    target: "es2022",
    // Every picture and font is a file: the policy of the page allows no other origin, and hashes let it be kept forever.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 800,
    rolldownOptions: {
      output: {
        // Every file costs a browser time beside its bytes: what the first page needs comes in two, not in thirty.
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [
            {
              debugName: "first page",
              name: (id, chunks) => {
                // It waits for what is loaded later, which would wait for it if the two shared a file.
                if (id === entry) return null;
                // Protobuf's index names its JSON, too, which mock mode alone uses.
                if (/protobuf\/dist\/esm\/(from|to)-json|wkt\/any\.js/.test(id)) return null;
                const info = (one: string) => chunks.getModuleInfo(one);
                return reaches(entry, info).has(id) ? "entry" : reaches(home, info).has(id) ? "home" : null;
              },
            },
          ],
        },
      },
    },
  },
  css: { modules: { generateScopedName: "[name]_[local]_[hash:base64:4]" } },
  test: { environment: "happy-dom", include: ["src/**/*.test.{ts,tsx}"] },
});
