import { viewer } from "@/i18n";
import { currentLanguage } from "@/i18n/language";
import { probe } from "@/wire/reach";
import { plainly, Refusal } from "@/wire/refusal";

/** A part of the app could not be fetched, because nothing reaches the server: it is asked for anew once something does. */
export class PartMissing extends Refusal {
  constructor() {
    super({ ...plainly("A part of the app could not be loaded."), reason: "OFFLINE" });
  }
}

/** How long after it did not come a part is asked for again, in milliseconds: a network that changes takes what is on its way. */
const AGAIN = [200, 1000];

/**
 * A part that is not in the entry: its module, and the texts that the entry lacks. Without a server the router must
 * not take it for one that a new version has taken away: it would load the page anew, and lose what is shown.
 */
export async function part<Module>(load: () => Promise<Module>): Promise<Module> {
  for (const wait of [...AGAIN, undefined])
    try {
      const [loaded] = await Promise.all([load(), viewer.load(currentLanguage(), true)]);
      return loaded;
    } catch (error) {
      if (!(await probe())) break;
      if (wait === undefined) throw error;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  throw new PartMissing();
}
