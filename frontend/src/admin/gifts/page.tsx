import { timestampDate, type Timestamp } from "@bufbuild/protobuf/wkt";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { CreateGiftResponse, Gift } from "@gen/streamverse/rights/v1/gifts_pb";
import { Button } from "@/design/button";
import { CopyButton } from "@/design/copy";
import { Dialog } from "@/design/dialog";
import { SelectField, TextField } from "@/design/field";
import { Chip } from "@/design/states";
import { useT } from "@/i18n";
import { dateTime } from "@/i18n/format";
import { randomHex } from "@/wire/auth";
import { Refusal } from "@/wire/refusal";
import { giftAdmin } from "../clients/giftAdmin";
import { Failed } from "../failed";
import { NumberBox } from "../form";
import { Page } from "../frame";
import { List } from "../list";
import { usePlans } from "../rules/plans";
import { useAdminT } from "../texts";
import { When } from "../when";
import css from "./gifts.module.css";

export function Gifts() {
  const t = useAdminT();
  const plans = usePlans().data ?? [];
  const [making, setMaking] = useState(false);
  return (
    <Page
      title={t("gifts")}
      note={t("gifts.text")}
      actions={
        <Button tone="primary" small onClick={() => setMaking(true)}>
          {t("gifts.new")}
        </Button>
      }
    >
      <List
        name="gifts"
        caption={t("gifts")}
        ask={({ pageSize, pageToken }, _, signal) => giftAdmin.adminListGifts({ pageSize, pageToken }, { ...(signal ? { signal } : {}) })}
        idOf={(row) => row.id}
        nameOf={(row) => row.note || `…${row.hint}`}
        columns={[
          { id: "code", label: t("gifts.code"), text: (row) => row.hint, cell: (row) => <bdi>…{row.hint}</bdi> },
          { id: "note", label: t("gifts.note"), text: (row) => row.note, cell: (row) => <span dir="auto">{row.note}</span> },
          { id: "gives", label: t("gifts.gives"), cell: (row) => t("gifts.months", { count: row.months, plan: plans.find((plan) => plan.id === row.planId)?.name ?? "" }) },
          { id: "used", label: t("gifts.used"), end: true, text: (row) => `${row.used}/${row.maxUses}`, cell: (row) => t("gifts.usedOf", { used: row.used, most: row.maxUses }) },
          { id: "until", label: t("gifts.until"), cell: (row) => (row.expireTime ? dateTime(row.expireTime) : t("gifts.endless")) },
          { id: "state", label: t("titles.status"), cell: (row) => <State gift={row} /> },
          { id: "made", label: t("title.created"), cell: (row) => dateTime(row.createTime) },
        ]}
        bulk={[{ id: "revoke", verb: (count) => t("gifts.revoke", { count }), effect: t("gifts.revokeText"), tone: "danger", final: true, run: ({ id }) => giftAdmin.revokeGift({ id }) }]}
        empty={{ title: t("gifts.none"), text: t("gifts.noneText") }}
      />
      {making && <Make onClose={() => setMaking(false)} />}
    </Page>
  );
}

function State({ gift }: { gift: Gift }) {
  const t = useAdminT();
  if (gift.revoked) return <Chip tone="danger">{t("gifts.revoked")}</Chip>;
  if (gift.expireTime && timestampDate(gift.expireTime) <= new Date()) return <Chip>{t("gifts.over")}</Chip>;
  if (gift.used >= gift.maxUses) return <Chip>{t("gifts.usedUp")}</Chip>;
  return <Chip tone="ok">{t("gifts.open")}</Chip>;
}

function Make({ onClose }: { onClose: () => void }) {
  const t = useAdminT();
  const viewerT = useT();
  const queries = useQueryClient();
  const plans = usePlans().data ?? [];
  const [planId, setPlan] = useState("");
  const [months, setMonths] = useState(1);
  const [maxUses, setMost] = useState(1);
  const [note, setNote] = useState("");
  const [expireTime, setExpire] = useState<Timestamp>();
  const [key] = useState(() => randomHex(16));
  const plan = planId || plans[0]?.id || "";
  const make = useMutation<CreateGiftResponse, unknown, void>({
    mutationFn: () => giftAdmin.createGift({ planId: plan, months, maxUses, note, ...(expireTime ? { expireTime } : {}) }, { headers: { "idempotency-key": key } }),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ["admin", "gifts"] }),
  });
  const refusal = make.error ? Refusal.of(make.error) : undefined;
  const problem = (field: string) => refusal?.violations.find((one) => one.field === field)?.text;
  if (make.data)
    return (
      <Dialog title={t("gifts.made")} onClose={onClose} actions={<Button onClick={onClose}>{viewerT("close")}</Button>}>
        <p className="second">{t("gifts.once")}</p>
        <output className={css.code}>
          <bdi>{make.data.code}</bdi>
        </output>
        <div className="row">
          <CopyButton data-focus tone="primary" text={make.data.code}>
            {t("gifts.copy")}
          </CopyButton>
        </div>
      </Dialog>
    );
  return (
    <Dialog
      title={t("gifts.new")}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{viewerT("cancel")}</Button>
          <Button tone="primary" busy={make.isPending} onClick={() => make.mutate()}>
            {t("gifts.make")}
          </Button>
        </>
      }
    >
      <SelectField label={t("gifts.plan")} value={plan} error={problem("planId")} onChange={(event) => setPlan(event.target.value)}>
        {plans.map((one) => (
          <option key={one.id} value={one.id}>
            {one.name}
          </option>
        ))}
      </SelectField>
      <NumberBox id="gift-months" label={t("gifts.monthsLabel")} min={1} error={problem("months")} value={months} onChange={setMonths} />
      <NumberBox id="gift-uses" label={t("gifts.most")} min={1} error={problem("maxUses")} value={maxUses} onChange={setMost} />
      <TextField label={t("gifts.note")} hint={t("gifts.noteHint")} value={note} error={problem("note")} onChange={(event) => setNote(event.target.value)} />
      <When id="gift-until" label={t("gifts.until")} hint={t("gifts.endless")} value={expireTime} error={problem("expireTime")} onChange={setExpire} />
      <Failed error={make.error} />
    </Dialog>
  );
}
