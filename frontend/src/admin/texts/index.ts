import { createCatalogue } from "@/i18n/catalogue";
import en from "./en";

export type AdminTextKey = keyof typeof en;

/** The administration's texts, which viewers do not load. Add nb, de, es and ar as files beside en.ts. */
export const adminTexts = createCatalogue<AdminTextKey>(en, {});
export const useAdminT = adminTexts.use;
