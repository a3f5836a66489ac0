import { expect, it } from "vitest";
import { agentName } from "./device";

it("names what a program says of itself as people know it", () => {
  expect(agentName("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36")).toBe("Chrome on Linux");
  expect(agentName("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile/15E148 Safari/604.1")).toBe("Safari on iOS");
  expect(agentName("curl/8.14.1")).toBe("curl");
  expect(agentName("")).toBe("");
});
