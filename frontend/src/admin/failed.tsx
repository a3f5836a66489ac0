import { reasonText } from "@/i18n";
import { Refusal } from "@/wire/refusal";
import { RequestId } from "@/design/states";
import css from "./form.module.css";
import { useAdminT } from "./texts";

/** What was refused, in place: why, and the request's number. */
export function Failed({ error }: { error: unknown }) {
  const t = useAdminT();
  if (!error) return null;
  const refusal = Refusal.of(error);
  return (
    <div className={css.failed} role="alert">
      <p>{refusal.violations.length > 0 ? t("form.invalid") : reasonText(refusal)}</p>
      <RequestId id={refusal.requestId} />
    </div>
  );
}
