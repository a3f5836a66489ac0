import { ArtworkRole, type Artwork, type Content } from "@gen/streamverse/content/v1/content_pb";
import { currentLanguage } from "@/i18n/language";

/**
 * The picture of a role that fits best, if a title has one: in the language of the page, else for all languages, else
 * any, but for logos; of its sizes the smallest that is wide enough, else the widest.
 */
export function pictureOf({ artwork }: Pick<Content, "artwork">, role: ArtworkRole, wide: number, language: string = currentLanguage()): Artwork | undefined {
  const all = artwork.filter((one) => one.role === role);
  const own = all.filter((one) => one.language.split("-")[0] === language);
  const any = all.filter((one) => one.language === "");
  // A logo in another language is no name that one can read.
  const found = [own, any, role === ArtworkRole.LOGO ? [] : all].find((some) => some.length > 0) ?? [];
  const sizes = [...found].sort((a, b) => a.width - b.width);
  return sizes.find((one) => one.width >= wide) ?? sizes.at(-1);
}
