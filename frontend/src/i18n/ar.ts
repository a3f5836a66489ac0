import type en from "./en";

const ar: Partial<typeof en> = {};
export default ar;
