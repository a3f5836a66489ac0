import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { ArtworkRole, ArtworkSchema } from "@gen/streamverse/content/v1/content_pb";
import { pictureOf } from "./pictures";

const of = (role: ArtworkRole, language: string, width: number) => create(ArtworkSchema, { role, language, width, url: `/${role}-${language}-${width}` });
const { BACKDROP, LOGO, STILL } = ArtworkRole;

test("a picture is of the page's language, else for all, and of a size that is enough", () => {
  const title = { artwork: [of(BACKDROP, "", 640), of(BACKDROP, "", 1920), of(BACKDROP, "", 1280), of(BACKDROP, "pt-BR", 320), of(LOGO, "nb", 400)] };
  expect(pictureOf(title, BACKDROP, 1200, "en")?.width).toBe(1280);
  expect(pictureOf(title, BACKDROP, 4000, "en")?.width).toBe(1920);
  expect(pictureOf(title, BACKDROP, 1200, "pt")?.width).toBe(320);
  expect(pictureOf(title, STILL, 100, "en")).toBeUndefined();
  expect(pictureOf(title, LOGO, 100, "nb")?.url).toBe("/3-nb-400");
});

test("a logo in a language that the page does not speak is left out, another picture is not", () => {
  const title = { artwork: [of(LOGO, "nb", 400), of(BACKDROP, "nb", 400)] };
  expect(pictureOf(title, LOGO, 100, "ar")).toBeUndefined();
  expect(pictureOf(title, BACKDROP, 100, "ar")?.width).toBe(400);
});
