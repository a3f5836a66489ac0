import { ImportStage, type Import } from "@gen/streamverse/streaming/v1/imports_pb";
import type { AdminTextKey } from "../texts";

/** The way of a file, as it is shown. */
export const STEPS = ["upload", "check", "package", "verify", "publish"] as const;
export const STEP_TEXTS: Record<(typeof STEPS)[number], AdminTextKey> = {
  upload: "upload.upload",
  check: "upload.check",
  package: "upload.package",
  verify: "upload.verify",
  publish: "upload.publish",
};

/** Which step a stage is; the number of steps where all are done, and none where it is not on its way. */
export function stepOf(stage: ImportStage): number | undefined {
  return {
    [ImportStage.UPLOADING]: 0,
    [ImportStage.WAITING]: 1,
    [ImportStage.PROBING]: 1,
    [ImportStage.PACKAGING]: 2,
    [ImportStage.VERIFYING]: 3,
    [ImportStage.PUBLISHING]: 4,
    [ImportStage.PUBLISHED]: STEPS.length,
  }[stage as number];
}

/** Whether something still happens with it. */
export function isUnderWay(one: Import): boolean {
  const step = stepOf(one.stage);
  return step !== undefined && step < STEPS.length;
}

/** Puts an import in its place among others, newest first. */
export function merged(items: Import[], one: Import): Import[] {
  return items.some(({ id }) => id === one.id) ? items.map((old) => (old.id === one.id ? one : old)) : [one, ...items];
}
