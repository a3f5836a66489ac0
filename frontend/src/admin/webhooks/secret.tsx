import { Button } from "@/design/button";
import { CopyButton } from "@/design/copy";
import { Dialog } from "@/design/dialog";
import { useT } from "@/i18n";
import { useAdminT } from "../texts";
import css from "./webhooks.module.css";

/** What signs the requests of a webhook, shown this once. */
export function Secret({ secret, onClose }: { secret: string; onClose: () => void }) {
  const t = useAdminT();
  const viewerT = useT();
  return (
    <Dialog title={t("webhooks.secret")} onClose={onClose} actions={<Button onClick={onClose}>{viewerT("close")}</Button>}>
      <p className="second">{t("webhooks.secretText")}</p>
      <output className={css.secret}>{secret}</output>
      <div className="row">
        <CopyButton data-focus tone="primary" text={secret}>
          {t("webhooks.copy")}
        </CopyButton>
      </div>
    </Dialog>
  );
}
