// Settings of players by the names that they have elsewhere (FE-8, FE-10).

/** What a page or program was told. */
export interface Settings {
  streamingUrl?: string;
  analyticsUrl?: string;
  chatUrl?: string;
  drmUrl?: string;
  /** What is switched on: what has an address. */
  flags: { analytics: boolean; chat: boolean; drm: boolean };
}

/**
 * Reads `NEXT_PUBLIC_STREAMING_URL`, `…_ANALYTICS_URL`, `…_CHAT_URL` and `…_DRM_URL` out of an environment such as
 * `process.env`, or an object that a page brings. Throws where one is no address.
 */
export function readSettings(environment: Record<string, string | undefined>): Settings {
  const address = (name: string): string | undefined => {
    const value = environment[`NEXT_PUBLIC_${name}_URL`];
    if (value && !/^https?:$/.test(URL.canParse(value) ? new URL(value).protocol : "")) {
      throw new Error(`NEXT_PUBLIC_${name}_URL is no http or https address: ${value}`);
    }
    return value || undefined;
  };
  const [streamingUrl, analyticsUrl, chatUrl, drmUrl] = ["STREAMING", "ANALYTICS", "CHAT", "DRM"].map(address);
  return {
    ...(streamingUrl && { streamingUrl }),
    ...(analyticsUrl && { analyticsUrl }),
    ...(chatUrl && { chatUrl }),
    ...(drmUrl && { drmUrl }),
    flags: { analytics: !!analyticsUrl, chat: !!chatUrl, drm: !!drmUrl },
  };
}
