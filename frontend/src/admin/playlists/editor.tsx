import { create } from "@bufbuild/protobuf";
import { PlaylistSchema } from "@gen/streamverse/content/v1/playlists_pb";
import { ContentStatus } from "@gen/streamverse/content/v1/content_pb";
import { ifMatch } from "../clients/ifMatch";
import { playlistAdmin } from "../clients/playlistAdmin";
import { Entity, there } from "../entity";
import { formStyles, Pick, Text } from "../form";
import { Section } from "../frame";
import { Items } from "../items";
import { useAdminT } from "../texts";
import { KINDS, STATUSES } from "../titles/kinds";

export function PlaylistPage() {
  const t = useAdminT();
  return (
    <Entity
      name="playlists"
      schema={PlaylistSchema}
      prefix="playlist"
      path="/admin/playlists/$id"
      back={{ link: { to: "/admin/playlists" }, label: t("playlists") }}
      fresh={t("playlists.new")}
      get={async (id, options) => there((await playlistAdmin.adminGetPlaylist({ id }, options)).playlist)}
      make={() => create(PlaylistSchema, { status: ContentStatus.DRAFT })}
      create={async (playlist, options) => there((await playlistAdmin.createPlaylist({ playlist }, options)).playlist)}
      update={async (playlist) => ({ ...there((await playlistAdmin.updatePlaylist({ id: playlist.id, playlist: { ...playlist, items: [] } })).playlist), items: playlist.items })}
      remove={({ id, version }) => playlistAdmin.deletePlaylist({ id }, ifMatch(version))}
      gone={t("lists.deleteText")}
      nameOf={(playlist) => playlist.title}
    >
      {(form) => (
        <>
          <Section title={t("title.basics")}>
            <div className={formStyles.grid}>
              <Text form={form} at="title" label={t("titles.name")} required />
              <Pick form={form} at="status" label={t("titles.status")} options={STATUSES.map(([value, , text]) => [value, t(text)] as const)} />
              <Text form={form} at="posterUrl" label={t("title.poster")} hint={t("title.posterHint")} inputMode="url" />
              <div className={formStyles.whole}>
                <Text form={form} at="description" label={t("lists.description")} lines={3} />
              </div>
            </div>
          </Section>
          <Section title={t("titles")}>
            <Items ids={form.value.itemIds} known={form.value.items} kinds={KINDS} onChange={(itemIds) => form.set({ itemIds })} error={form.problem("itemIds")} />
          </Section>
        </>
      )}
    </Entity>
  );
}
