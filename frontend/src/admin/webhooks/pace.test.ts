import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { expect, it } from "vitest";
import { DeliveryStatus } from "@gen/streamverse/webhooks/v1/webhooks_pb";
import { pause } from "./pace";

it("is asked for again soon where a try is due, rarely where none comes, never where it is settled", () => {
  const now = 1_800_000_000_000;
  const at = (seconds: number, status = DeliveryStatus.PENDING) => pause({ status, nextAttemptTime: timestampFromMs(now + seconds * 1000) }, now);
  expect([-3600, -10, -1, 0, 4, 3600].map((seconds) => at(seconds))).toEqual([15_000, 5000, 1000, 1000, 2000, 15_000]);
  expect(at(0, DeliveryStatus.SUCCEEDED)).toBe(false);
  expect(pause(undefined, now)).toBe(false);
});
