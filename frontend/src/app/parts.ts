import { viewer } from "@/i18n";
import { currentLanguage } from "@/i18n/language";

/** A part of the app could not be fetched, because there is no network: it is asked for anew once there is. */
export class PartMissing extends Error {
  constructor(cause: unknown) {
    super("A part of the app could not be loaded.", { cause });
  }
}

/**
 * A part that is not in the entry: its module, and the texts that the entry lacks. Without a network the router must
 * not take it for one that a new version has taken away: it would load the page anew, and lose what is shown.
 */
export async function part<Module>(module: Promise<Module>): Promise<Module> {
  try {
    const [loaded] = await Promise.all([module, viewer.load(currentLanguage(), true)]);
    return loaded;
  } catch (error) {
    throw navigator.onLine ? error : new PartMissing(error);
  }
}
