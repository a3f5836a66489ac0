import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { ImportStage, type Import } from "@gen/streamverse/streaming/v1/imports_pb";
import { importAdmin } from "../clients/importAdmin";
import { isUnderWay, merged } from "./stages";

/** Milliseconds between two questions where nothing tells. */
const PAUSE = 3_000;

/** The id of the oldest import that is worked on. */
const watchedOf = (items: Import[] | undefined) => items?.filter((one) => isUnderWay(one) && one.stage !== ImportStage.UPLOADING).at(-1)?.id;

/**
 * The imports of a title, as they go on. The oldest one under way is watched as a stream; streams are few in browsers, so
 * what waits behind it, or comes from elsewhere, is asked for now and then.
 */
export function useImports(contentId: string) {
  const queries = useQueryClient();
  const found = useQuery({
    queryKey: ["admin", "imports", contentId],
    queryFn: async ({ signal }) => (await importAdmin.listImports({ contentId }, { signal })).items,
    refetchInterval: ({ state }) => ((state.data?.filter(isUnderWay).length ?? 0) > (watchedOf(state.data) ? 1 : 0) ? PAUSE : false),
  });
  const watched = watchedOf(found.data);
  useEffect(() => {
    if (!watched) return;
    const over = new AbortController();
    const { signal } = over;
    const keep = (one: Import | undefined) => {
      if (!one || signal.aborted) return;
      queries.setQueryData<Import[]>(["admin", "imports", contentId], (items) => merged(items ?? [], one));
      if (one.stage === ImportStage.PUBLISHED) void queries.invalidateQueries({ queryKey: ["admin", "media", contentId] });
    };
    const call = { contentId, importId: watched };
    void (async () => {
      while (!signal.aborted) {
        try {
          // It lasts as long as the import.
          for await (const { mediaImport } of importAdmin.watchImport(call, { signal, timeoutMs: 0 })) keep(mediaImport);
        } catch {
          // Where streams do not come through, or one broke off, it is asked.
        }
        if (signal.aborted) return;
        await importAdmin.getImport(call, { signal }).then(({ mediaImport }) => keep(mediaImport), () => undefined);
        await new Promise((resolve) => setTimeout(resolve, PAUSE));
      }
    })();
    return () => over.abort();
  }, [watched, contentId, queries]);
  return found;
}
