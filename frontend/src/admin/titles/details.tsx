import { create } from "@bufbuild/protobuf";
import { useQuery } from "@tanstack/react-query";
import { SelectField, TextArea, TextField } from "@/design/field";
import { SeasonSchema, type Content } from "@gen/streamverse/content/v1/content_pb";
import { formStyles, NumberBox, type Form } from "../form";
import { TitlePicker } from "../pickers";
import { Rows } from "../rows";
import { useAdminT } from "../texts";
import { getTitle } from "./kinds";

/** What only this kind of title has. */
export function DetailFields({ form, isNew }: { form: Form<Content>; isNew: boolean }) {
  switch (form.value.details.case) {
    case "movie":
      return <MovieFields form={form} />;
    case "series":
      return <SeasonFields form={form} />;
    case "episode":
      return <EpisodeFields form={form} isNew={isNew} />;
    case "video":
      return <VideoFields form={form} />;
    default:
      return null;
  }
}

function MovieFields({ form }: { form: Form<Content> }) {
  const t = useAdminT();
  if (form.value.details.case !== "movie") return null;
  const movie = form.value.details.value;
  const set = (patch: Partial<typeof movie>) => form.set({ details: { case: "movie", value: { ...movie, ...patch } } });
  return (
    <>
      <TextField id="f-movie.distributor" label={t("title.distributor")} error={form.problem("movie.distributor")} value={movie.distributor} onChange={(event) => set({ distributor: event.target.value })} />
      <NumberBox id="f-movie.productionBudgetUsd" label={t("title.budget")} error={form.problem("movie.productionBudgetUsd")} value={movie.productionBudgetUsd} onChange={(productionBudgetUsd) => set({ productionBudgetUsd })} />
      <NumberBox id="f-movie.usGrossUsd" label={t("title.usGross")} error={form.problem("movie.usGrossUsd")} value={movie.usGrossUsd} onChange={(usGrossUsd) => set({ usGrossUsd })} />
      <NumberBox id="f-movie.worldwideGrossUsd" label={t("title.worldGross")} error={form.problem("movie.worldwideGrossUsd")} value={movie.worldwideGrossUsd} onChange={(worldwideGrossUsd) => set({ worldwideGrossUsd })} />
    </>
  );
}

function SeasonFields({ form }: { form: Form<Content> }) {
  const t = useAdminT();
  if (form.value.details.case !== "series") return null;
  const { seasons } = form.value.details.value;
  const value = form.value.details.value;
  return (
    <div className={formStyles.whole}>
      <h3>{t("title.seasons")}</h3>
      <Rows
        items={seasons}
        onChange={(next) => form.set({ details: { case: "series", value: { ...value, seasons: next } } })}
        nameOf={(season) => t("title.season", { number: String(season.number) })}
        make={() => create(SeasonSchema, { number: Math.max(0, ...seasons.map((season) => season.number)) + 1 })}
        add={t("title.addSeason")}
      >
        {(season, change, index) => {
          const at = (field: string) => `series.seasons[${index}].${field}`;
          return (
            <div className={formStyles.fields}>
              <NumberBox id={`f-${at("number")}`} label={t("title.number")} hint={season.number === 0 ? t("title.specials") : undefined} error={form.problem(at("number"))} value={season.number} onChange={(number) => change({ number })} />
              <TextField id={`f-${at("title")}`} label={t("titles.name")} error={form.problem(at("title"))} dir="auto" value={season.title} onChange={(event) => change({ title: event.target.value })} />
              <TextField id={`f-${at("releaseDate")}`} type="date" label={t("title.releaseDate")} error={form.problem(at("releaseDate"))} value={season.releaseDate} onChange={(event) => change({ releaseDate: event.target.value })} />
              <TextField id={`f-${at("posterUrl")}`} label={t("title.poster")} error={form.problem(at("posterUrl"))} value={season.posterUrl} onChange={(event) => change({ posterUrl: event.target.value })} />
              <div className={formStyles.whole}>
                <TextArea id={`f-${at("synopsis")}`} label={t("title.synopsis")} rows={2} dir="auto" error={form.problem(at("synopsis"))} value={season.synopsis} onChange={(event) => change({ synopsis: event.target.value })} />
              </div>
            </div>
          );
        }}
      </Rows>
    </div>
  );
}

function EpisodeFields({ form, isNew }: { form: Form<Content>; isNew: boolean }) {
  const t = useAdminT();
  const episode = form.value.details.case === "episode" ? form.value.details.value : undefined;
  const series = useQuery({ queryKey: ["admin", "title", "series", episode?.seriesId], queryFn: () => getTitle("series", episode?.seriesId ?? ""), enabled: Boolean(episode?.seriesId) });
  if (!episode) return null;
  const set = (patch: Partial<typeof episode>) => form.set({ details: { case: "episode", value: { ...episode, ...patch } } });
  const seasons = series.data?.details.case === "series" ? series.data.details.value.seasons : [];
  const numbers = [...new Set([...seasons.map((season) => season.number), episode.seasonNumber])].sort((a, b) => a - b);
  return (
    <>
      <TitlePicker
        id="episode.seriesId"
        label={t("title.series")}
        kinds={["series"]}
        value={episode.seriesId}
        error={form.problem("episode.seriesId")}
        onPick={(seriesId) => set({ seriesId })}
        {...(isNew ? { onClear: () => set({ seriesId: "" }) } : {})}
      />
      <SelectField id="f-episode.seasonNumber" label={t("title.seasonNumber")} error={form.problem("episode.seasonNumber")} value={String(episode.seasonNumber)} onChange={(event) => set({ seasonNumber: Number(event.target.value) })}>
        {numbers.map((number) => (
          <option key={number} value={number}>
            {t("title.season", { number: String(number) })}
          </option>
        ))}
      </SelectField>
      <NumberBox id="f-episode.episodeNumber" label={t("title.episodeNumber")} min={1} error={form.problem("episode.episodeNumber")} value={episode.episodeNumber} onChange={(episodeNumber) => set({ episodeNumber })} />
    </>
  );
}

function VideoFields({ form }: { form: Form<Content> }) {
  const t = useAdminT();
  if (form.value.details.case !== "video") return null;
  const video = form.value.details.value;
  return <TextField id="f-video.category" label={t("titles.category")} hint={t("title.categoryHint")} error={form.problem("video.category")} value={video.category} onChange={(event) => form.set({ details: { case: "video", value: { ...video, category: event.target.value } } })} />;
}
