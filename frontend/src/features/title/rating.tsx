import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Star } from "lucide-react";
import { isTv } from "@/app/tv";
import { toast } from "@/design/toast";
import { reasonText, useT } from "@/i18n";
import { library } from "@/wire/clients/library";
import { Refusal } from "@/wire/refusal";
import css from "./title.module.css";

/** One to five stars; a press on the star that is chosen takes the rating back. Shown at once, undone where refused. */
export function Rating({ contentId }: { contentId: string }) {
  const t = useT();
  const queries = useQueryClient();
  const key = ["rating", contentId];
  const found = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => {
      try {
        return (await library.getRating({ contentId }, { signal })).rating?.stars ?? 0;
      } catch (error) {
        if (Refusal.of(error).reason === "RATING_NOT_FOUND") return 0;
        throw error;
      }
    },
  });
  const rate = useMutation({
    mutationFn: (stars: number) => (stars ? library.setRating({ contentId, stars }) : library.deleteRating({ contentId })) as Promise<unknown>,
    onMutate: (stars) => {
      const before = queries.getQueryData<number>(key) ?? 0;
      queries.setQueryData(key, stars);
      return { before };
    },
    onError: (error, _stars, kept) => {
      queries.setQueryData(key, kept?.before ?? 0);
      toast(reasonText(Refusal.of(error)));
    },
    onSuccess: (_answer, stars) => toast(t(stars ? "title.rated" : "title.ratingRemoved")),
  });
  const stars = found.data ?? 0;
  if (found.isError) return null;
  return (
    <div
      className={css.stars}
      role="radiogroup"
      aria-label={t("title.yourRating")}
      onKeyDown={(event) => {
        const forth = document.documentElement.dir === "rtl" ? -1 : 1;
        const step = { ArrowRight: forth, ArrowLeft: -forth, ...(isTv() ? {} : { ArrowUp: 1, ArrowDown: -1 }) }[event.key];
        const boxes = [...event.currentTarget.querySelectorAll<HTMLElement>("[role=radio]")];
        const next = step && boxes[boxes.indexOf(document.activeElement as HTMLElement) + step];
        // At an edge one leaves the stars, as far as arrows lead anywhere.
        if (!next) return;
        event.preventDefault();
        event.stopPropagation();
        next.focus();
      }}
    >
      {[1, 2, 3, 4, 5].map((n) => (
        <button key={n} type="button" role="radio" className={css.star} data-on={n <= stars || undefined} aria-checked={n === stars} aria-label={t("title.stars", { count: n })} tabIndex={n === (stars || 1) ? 0 : -1} onClick={() => rate.mutate(n === stars ? 0 : n)}>
          <Star size={22} fill={n <= stars ? "currentColor" : "none"} aria-hidden />
        </button>
      ))}
    </div>
  );
}
