import { timestampFromDate, type Timestamp } from "@bufbuild/protobuf/wkt";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { RotateCcw } from "lucide-react";
import { useState } from "react";
import { Button } from "@/design/button";
import { Dialog } from "@/design/dialog";
import { useT } from "@/i18n";
import { randomHex } from "@/wire/auth";
import { Refusal } from "@/wire/refusal";
import { webhookAdmin } from "../clients/webhookAdmin";
import { Failed } from "../failed";
import { useAdminT } from "../texts";
import { When } from "../when";

/** Has everything sent again that has failed since an instant, part by part as the server takes it. */
export function ReplayFailed({ webhook }: { webhook: string }) {
  const t = useAdminT();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button small onClick={() => setOpen(true)}>
        <RotateCcw size={16} aria-hidden />
        {t("deliveries.replayFailed")}
      </Button>
      {open && <Since webhook={webhook} onClose={() => setOpen(false)} />}
    </>
  );
}

function Since({ webhook, onClose }: { webhook: string; onClose: () => void }) {
  const t = useAdminT();
  const viewerT = useT();
  const queries = useQueryClient();
  const [since, setSince] = useState<Timestamp | undefined>(() => timestampFromDate(new Date(Date.now() - 86_400_000)));
  const replay = useMutation({
    mutationFn: () => webhookAdmin.replayDeliveries({ webhookId: webhook, ...(since ? { since } : {}) }, { headers: { "idempotency-key": randomHex(16) } }),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ["admin", "deliveries"] }),
  });
  const problem = replay.error ? Refusal.of(replay.error).violations.find(({ field }) => field === "since")?.text : undefined;
  return (
    <Dialog
      title={t("deliveries.replayFailed")}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{viewerT(replay.data ? "close" : "cancel")}</Button>
          <Button tone="primary" busy={replay.isPending} onClick={() => replay.mutate()}>
            {t(replay.data?.more ? "deliveries.replayNext" : "deliveries.replaySend")}
          </Button>
        </>
      }
    >
      <p className="second">{t("deliveries.replayFailedText")}</p>
      <When id="replay-since" label={t("deliveries.since")} value={since} error={problem} onChange={setSince} />
      <p role="status">{replay.data ? [t("deliveries.replays", { count: replay.data.replayed }), replay.data.more && t("letters.more")].filter(Boolean).join(" ") : ""}</p>
      <Failed error={replay.error} />
    </Dialog>
  );
}
