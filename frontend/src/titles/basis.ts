import { AccessBasis } from "@gen/streamverse/rights/v1/rights_pb";
import type { TextKey } from "@/i18n";

/** Why a title is not open, in words; nothing where the way to open it says it. A basis that is new must be named here. */
const WHY_NOT: Record<AccessBasis, TextKey | undefined> = {
  [AccessBasis.UNSPECIFIED]: undefined,
  [AccessBasis.FREE]: undefined,
  [AccessBasis.SUBSCRIPTION]: undefined,
  [AccessBasis.PURCHASE]: undefined,
  [AccessBasis.RENTAL]: undefined,
  [AccessBasis.SUBSCRIPTION_REQUIRED]: "title.needsPlan",
  [AccessBasis.PURCHASE_REQUIRED]: "title.needsPurchase",
  [AccessBasis.NOT_AVAILABLE]: "title.unavailable",
  [AccessBasis.MATURITY]: "title.unavailable",
  [AccessBasis.NOT_YET]: "title.notYet",
  [AccessBasis.COUNTRY]: "title.country",
  [AccessBasis.OVER]: "title.over",
  [AccessBasis.PLATFORM]: "title.platform",
  [AccessBasis.BLACKOUT]: "title.blackout",
};

/** The text for a basis as refusals name it, e.g. `purchase_required`; none for one that this page does not know yet. */
export function whyNot(basis: string): TextKey | undefined {
  const known = AccessBasis[basis.toUpperCase() as keyof typeof AccessBasis];
  return known === undefined ? undefined : WHY_NOT[known];
}
