import type en from "./en";

const es: Partial<typeof en> = {};
export default es;
