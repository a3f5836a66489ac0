import { ContentType } from "@gen/streamverse/content/v1/content_pb";
import type { Plan } from "@gen/streamverse/rights/v1/rights_pb";
import type { Rule } from "@gen/streamverse/rights/v1/rules_pb";
import { list, money } from "@/i18n/format";
import type { AdminTextKey } from "../texts";
import { MONETIZATIONS } from "../titles/kinds";

export const ABOUT = [
  [ContentType.MOVIE, "titles.movies"],
  [ContentType.SERIES, "titles.series"],
  [ContentType.EPISODE, "titles.episodes"],
  [ContentType.VIDEO, "titles.videos"],
] as const satisfies readonly (readonly [ContentType, AdminTextKey])[];

type T = (key: AdminTextKey, values?: Record<string, string | number>) => string;

/** What a rule is about, in words; of one title its name is asked elsewhere. */
export function about(rule: Rule, t: T): string {
  const type = t(ABOUT.find(([value]) => value === rule.contentType)?.[1] ?? "titles");
  const sold = MONETIZATIONS.find(([value]) => value === rule.monetization);
  return sold ? t("rules.allSold", { type, money: t(sold[1]) }) : t("rules.all", { type });
}

/** What a rule says, as a sentence: "Open to Standard and Premium. To own for 9.99 €. To rent for 48 hours for 3.99 €." */
export function sentence(rule: Rule, plans: readonly Plan[], t: T): string {
  if (rule.free) return t("rules.free");
  const said: string[] = [];
  if (rule.anyPlan) said.push(t("rules.anyPlan"));
  if (rule.planIds.length > 0) said.push(t("rules.plans", { plans: list(rule.planIds.map((id) => plans.find((plan) => plan.id === id || plan.code === id)?.name ?? id)) }));
  if (rule.purchase) said.push(t("rules.own", { price: money(rule.purchase.priceMinor, rule.purchase.currency) }));
  for (const rental of rule.rentals) said.push(t("rules.rent", { count: rental.durationHours, price: money(rental.priceMinor, rental.currency) }));
  return said.length > 0 ? said.join(" ") : t("rules.closed");
}
