import { InvoiceLineKind, type InvoiceLine } from "@gen/streamverse/rights/v1/billing_pb";
import { useT } from "@/i18n";
import { money } from "@/i18n/format";
import css from "./plans.module.css";

/** An invoice line by line, and its sum. */
export function Lines({ lines, total, currency, sum }: { lines: readonly InvoiceLine[]; total: number; currency: string; sum: string }) {
  const t = useT();
  const words = (line: InvoiceLine): string | undefined => {
    switch (line.kind) {
      case InvoiceLineKind.UNUSED_TIME:
        return t("invoices.unused", { name: line.description });
      case InvoiceLineKind.COUPON:
        return t("invoices.coupon", { name: line.description });
      case InvoiceLineKind.CREDIT:
        return t("invoices.used");
      case InvoiceLineKind.CREDIT_CARRIED:
        return t("invoices.carried");
      default:
        return undefined;
    }
  };
  return (
    <dl className={css.lines}>
      {lines.map((line, index) => (
        <div key={index}>
          <dt>
            <bdi>{words(line) ?? line.description}</bdi>
          </dt>
          <dd className="num">{money(Number(line.amountMinor), currency)}</dd>
        </div>
      ))}
      <div className={css.total}>
        <dt>{sum}</dt>
        <dd className="num">{money(total, currency)}</dd>
      </div>
    </dl>
  );
}
