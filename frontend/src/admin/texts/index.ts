import { createCatalogue } from "@/i18n/catalogue";
import en from "./en";

export type AdminTextKey = keyof typeof en;

/** The administration's texts, which viewers do not load. Languages that have no file here show the English ones. */
export const adminTexts = createCatalogue<AdminTextKey>(en, { nb: () => import("./nb"), de: () => import("./de"), ar: () => import("./ar") });
export const useAdminT = adminTexts.use;
