import { create } from "@bufbuild/protobuf";
import { ContentStatus, Monetization } from "@gen/streamverse/content/v1/content_pb";
import { ChannelSchema } from "@gen/streamverse/livetv/v1/channels_pb";
import { ChannelMark } from "@/artwork";
import { useAddress } from "../address";
import { channelAdmin } from "../clients/channelAdmin";
import { ifMatch } from "../clients/ifMatch";
import { Entity, there } from "../entity";
import { formStyles, Pick, Text, Tick, Whole, Words } from "../form";
import { Section } from "../frame";
import { TitlePicker } from "../pickers";
import { PictureAddress } from "../pictures/address";
import { useAdminT } from "../texts";
import { KINDS, MONETIZATIONS, STATUSES } from "../titles/kinds";

export function ChannelPage() {
  const t = useAdminT();
  const { search } = useAddress();
  return (
    <Entity
      name="channels"
      schema={ChannelSchema}
      prefix="channel"
      path="/admin/channels/$id"
      back={{ link: { to: "/admin/channels" }, label: t("channels") }}
      fresh={t("channels.new")}
      get={async (id, options) => there((await channelAdmin.adminGetChannel({ id }, options)).channel)}
      make={() => create(ChannelSchema, { status: ContentStatus.DRAFT, monetization: Monetization.SVOD, guideId: search.guide ?? "", name: search.guide ?? "" })}
      create={async (channel, options) => there((await channelAdmin.createChannel({ channel }, options)).channel)}
      update={async (channel) => there((await channelAdmin.updateChannel({ id: channel.id, channel })).channel)}
      remove={({ id, version }) => channelAdmin.deleteChannel({ id }, ifMatch(version))}
      gone={t("channels.deleteText")}
      nameOf={(channel) => channel.name}
    >
      {(form) => (
        <>
          <Section title={t("title.basics")}>
            <div className={formStyles.grid}>
              <Text form={form} at="name" label={t("channels.name")} required />
              <Whole form={form} at="number" label={t("channels.number")} hint={t("channels.numberHint")} />
              <Pick form={form} at="status" label={t("titles.status")} options={STATUSES.map(([value, , text]) => [value, t(text)] as const)} />
              <Pick form={form} at="monetization" label={t("titles.money")} options={MONETIZATIONS.map(([value, text]) => [value, t(text)] as const)} />
              <div className={formStyles.whole}>
                <Text form={form} at="description" label={t("lists.description")} lines={3} />
              </div>
              <Words form={form} at="genres" label={t("title.genres")} hint={t("title.genresHint")} />
              <Text form={form} at="country" label={t("channels.country")} hint={t("channels.countryHint")} maxLength={2} />
              <Text form={form} at="language" label={t("title.language")} hint={t("title.languageHint")} />
              <Text form={form} at="maturityRating" label={t("titles.rating")} hint={t("title.ratingHint")} />
              <div className={formStyles.whole}>
                <PictureAddress form={form} at="logoUrl" label={t("channels.logo")} hint={t("title.posterHint")} shape="square" drawn={<ChannelMark name={form.value.name || "…"} number={form.value.number} />} />
              </div>
            </div>
          </Section>
          <Section title={t("channels.source")} text={t("channels.sourceText")}>
            <Tick form={form} at="isLive" label={t("channels.onAir")} />
            <div className={formStyles.grid}>
              <Text form={form} at="streamUrl" label={t("channels.streamUrl")} inputMode="url" />
              <TitlePicker id="loopContentId" label={t("channels.loop")} kinds={KINDS} value={form.value.loopContentId} error={form.problem("loopContentId")} onPick={(loopContentId) => form.set({ loopContentId })} onClear={() => form.set({ loopContentId: "" })} />
              <Text form={form} at="guideId" label={t("channels.guideId")} hint={t("channels.guideIdHint")} />
            </div>
          </Section>
        </>
      )}
    </Entity>
  );
}
