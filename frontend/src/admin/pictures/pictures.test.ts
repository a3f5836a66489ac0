import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { ArtworkRole, ArtworkSchema } from "@gen/streamverse/content/v1/content_pb";
import { PictureSchema } from "@gen/streamverse/streaming/v1/artwork_pb";
import { look, MOST_BYTES, stands } from "./look";
import { ROLES } from "./roles";
import { shelf, tell, untell } from "./shelf";

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const file = (head: number[], bytes = 100) => new Blob([new Uint8Array(Array.from({ length: bytes }, (_, at) => head[at] ?? 0))]);
const decodes = (width: number, height: number) => () => Promise.resolve({ width, height });

describe("a file that is looked at before it is sent", () => {
  it("is known by what it is, whatever it is called", async () => {
    expect(await look(file(PNG), decodes(600, 900))).toEqual({ kind: "image/png", width: 600, height: 900 });
    expect(await look(file([0xff, 0xd8, 0xff]), decodes(1, 1))).toMatchObject({ kind: "image/jpeg" });
    expect(await look(file([0x52, 0x49, 0x46, 0x46, 1, 2, 3, 4, 0x57, 0x45, 0x42, 0x50]), decodes(1, 1))).toMatchObject({ kind: "image/webp" });
    expect(await look(new Blob(["GIF89a and more of it"]), decodes(1, 1))).toBe("type");
    expect(await look(new Blob([]), decodes(1, 1))).toBe("type");
  });
  it("is not sent where the server would refuse it", async () => {
    expect(await look(file(PNG, MOST_BYTES), decodes(1, 1))).toMatchObject({ width: 1 });
    expect(await look(file(PNG, MOST_BYTES + 1), decodes(1, 1))).toBe("large");
    expect(await look(file(PNG), () => Promise.reject(new Error("InvalidStateError")))).toBe("damaged");
    expect(await look(file(PNG), decodes(0, 1))).toBe("damaged");
    expect(await look(file(PNG), decodes(10_001, 1))).toBe("pixels");
  });
  it("stands as its role is shown", () => {
    const of = (word: string) => ROLES.find((role) => role.word === word) ?? ROLES[0]!;
    expect(["poster", "backdrop", "still", "logo"].map((word) => stands({ width: 600, height: 900 }, of(word)))).toEqual([true, false, false, true]);
    expect(stands({ width: 0, height: 0 }, of("backdrop"))).toBe(true);
  });
});

describe("the pictures of a title", () => {
  const poster = (url: string, width = 400, language = "") => create(ArtworkSchema, { role: ArtworkRole.POSTER, url, width, height: 600, language });
  const told = { artwork: [poster("/a", 400), poster("https://elsewhere.example/b.jpg", 0, "nb")], posterUrl: "/a" };

  it("are those that are stored and those that viewers are told of", () => {
    const stored = [create(PictureSchema, { role: ArtworkRole.LOGO, url: "/l", width: 90, size: 7 }), create(PictureSchema, { role: ArtworkRole.POSTER, url: "/a", width: 400, size: 9 })];
    expect(shelf(stored, told).map((one) => [one.url, one.stored, one.told, one.onShelves])).toEqual([
      ["/a", true, true, true],
      ["https://elsewhere.example/b.jpg", false, true, false],
      ["/l", true, false, false],
    ]);
  });
  it("lose the address of a file whose place another one takes", () => {
    const next = tell(told, poster("/c", 400));
    expect(next.artwork.map(({ url }) => url)).toEqual(["https://elsewhere.example/b.jpg", "/c"]);
    expect(next.posterUrl).toBe("/c");
  });
  it("have a poster for lists, which one of a language replaces only where it took its place", () => {
    expect(tell(told, poster("/de", 400, "de")).posterUrl).toBe("/a");
    expect(tell({ artwork: [], posterUrl: "" }, poster("/de", 400, "de")).posterUrl).toBe("/de");
    expect(tell(told, poster("/wide", 800)).posterUrl).toBe("/a");
    expect(tell(told, poster("/wide", 800), "/a").posterUrl).toBe("/wide");
    expect(tell({ artwork: [], posterUrl: "/stream/poster/1" }, poster("/new")).posterUrl).toBe("/new");
    const backdrop = create(ArtworkSchema, { role: ArtworkRole.BACKDROP, url: "/wide" });
    expect(tell({ artwork: [], posterUrl: "" }, backdrop)).toMatchObject({ posterUrl: "", artwork: [{ url: "/wide" }] });
  });
  it("go without leaving an address that leads nowhere", () => {
    expect(untell(told, "/a")).toMatchObject({ posterUrl: "", artwork: [{ language: "nb" }] });
    expect(untell({ artwork: [poster("/a"), poster("/b", 800)], posterUrl: "/a" }, "/a").posterUrl).toBe("/b");
    expect(untell(told, "https://elsewhere.example/b.jpg").posterUrl).toBe("/a");
  });
});
