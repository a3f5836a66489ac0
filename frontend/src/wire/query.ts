import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { Refusal } from "./refusal";

/** The cache of everything that was asked. Refusals are told where the data would stand, so nothing is announced here. */
export function createQueries(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache(),
    mutationCache: new MutationCache(),
    defaultOptions: {
      queries: {
        // Whether there is a network is found out by asking: a server on the same machine needs none.
        networkMode: "always",
        // Messages are no plain JSON (bigints, prototypes), so they are replaced as a whole.
        structuralSharing: false,
        staleTime: 30_000,
        retry: (count, error) => count < 2 && Refusal.of(error).passing,
        retryDelay: (count, error) => Math.max(500 * 2 ** count, Refusal.of(error).retrySeconds * 1000),
      },
      mutations: { retry: false, networkMode: "always" },
    },
  });
}
