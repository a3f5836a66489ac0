import type en from "./en";

const nb: Partial<typeof en> = {};
export default nb;
