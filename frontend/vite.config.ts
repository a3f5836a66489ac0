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

export default defineConfig({
  plugins: [react(), layers, binaryOnly],
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
  },
  css: { modules: { generateScopedName: "[name]_[local]_[hash:base64:4]" } },
  test: { environment: "happy-dom", include: ["src/**/*.test.{ts,tsx}"] },
});
