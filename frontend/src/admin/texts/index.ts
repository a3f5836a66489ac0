import { createCatalogue } from "@/i18n/catalogue";
import en from "./en";

export type AdminTextKey = keyof typeof en;

/** The administration's texts, which viewers do not load; of other languages only the one that is spoken. */
export const adminTexts = createCatalogue<AdminTextKey>(en, { nb: () => import("./nb"), de: () => import("./de"), es: () => import("./es"), ar: () => import("./ar") });
export const useAdminT = adminTexts.use;
