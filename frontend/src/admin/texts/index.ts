import { createCatalogue } from "@/i18n/catalogue";
import type en from "./en";

export type AdminTextKey = keyof typeof en;

/** The administration's texts, which viewers do not load; and of its languages only the one that is spoken. */
export const adminTexts = createCatalogue<AdminTextKey>({}, { en: () => import("./en"), nb: () => import("./nb"), de: () => import("./de"), es: () => import("./es"), ar: () => import("./ar") });
export const useAdminT = adminTexts.use;
