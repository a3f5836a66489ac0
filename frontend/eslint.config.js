import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist", "node_modules", "test-results"] },
  ...tseslint.configs.recommended,
  {
    files: ["src/**/*.{ts,tsx}"],
    plugins: { "react-hooks": hooks },
    rules: {
      "react-hooks/rules-of-hooks": "error",
      "react-hooks/exhaustive-deps": "error",
      "no-restricted-globals": ["error", "alert", "confirm", "prompt"],
      // A text that is not in the catalogue is a text that four languages lack.
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
    },
  },
  {
    // A feature knows design, wire, artwork, focus and i18n; never another feature.
    files: ["src/features/**", "src/admin/**"],
    rules: {
      "no-restricted-imports": ["error", { patterns: ["@/features/*", "../../features/*"] }],
    },
  },
);
