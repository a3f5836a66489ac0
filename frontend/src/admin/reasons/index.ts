import { createCatalogue } from "@/i18n/catalogue";
import type en from "./en";

export type ReasonKey = keyof typeof en;

/** Why the server refuses what administrators do. They come with the administration, in the language that is spoken. */
export const adminReasons = createCatalogue<string>({}, { en: () => import("./en"), nb: () => import("./nb"), de: () => import("./de"), es: () => import("./es"), ar: () => import("./ar") });
