import type en from "./en";

const de: Partial<typeof en> = {};
export default de;
