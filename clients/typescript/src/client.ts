// The client, whatever carries its calls.
import type { DescMessage, DescMethodStreaming, DescMethodUnary, DescService, MessageInitShape } from "@bufbuild/protobuf";
import type {
  Client,
  ContextValues,
  StreamResponse,
  Transport,
  UnaryResponse,
} from "@connectrpc/connect";
import { createClient, createContextKey, createContextValues } from "@connectrpc/connect";

import { AuthService } from "./api/streamverse/auth/v1/auth_pb.js";
import { PlaybackService } from "./api/streamverse/streaming/v1/playback_pb.js";
import { PlaySessionService } from "./api/streamverse/streaming/v1/sessions_pb.js";
import type { Profile, User } from "./api/streamverse/users/v1/users_pb.js";
import { StreamVerseError } from "./errors.js";
import { again, collect } from "./iterables.js";
import type { PlaybackOptions } from "./playback.js";
import { Playback } from "./playback.js";
import type { RetryPolicy } from "./retry.js";
import { DEFAULT_RETRY, KEY, pause, randomId, signsIn, Tries } from "./retry.js";
import type { Session, SessionStore } from "./session.js";
import { inMemory, isStale, keyed, sessionOf } from "./session.js";

/** How a client is set up. */
export interface Options {
  /** Where the login is kept; by default as long as the program runs. */
  store?: SessionStore;
  /** Is told each login that takes the place of the last one, and undefined when it is over. */
  onSession?: (session: Session | undefined) => void;
  /** Names the device to its people, e.g. `Living room`. */
  deviceId?: string;
  /** What the device is; a browser need not say so. */
  platform?: "web" | "android" | "ios" | "tv" | "desktop" | "console";
  /** The language of texts, e.g. `nb`. */
  language?: string;
  retry?: Partial<RetryPolicy>;
  /** Milliseconds for one try of a call; streams have no limit. */
  timeout?: number;
  /** Where playlists and segments come from, if not from the installation's own address (`NEXT_PUBLIC_STREAMING_URL`). */
  streamingUrl?: string;
}

const SESSION_OVER = new Set([
  "REFRESH_TOKEN_INVALID",
  "REFRESH_TOKEN_EXPIRED",
  "REFRESH_TOKEN_REUSED",
  "ACCOUNT_BLOCKED",
]);

/** Calls an installation. `connect` of the package makes one. */
export class StreamVerse {
  readonly #transport: Caller;
  readonly #clients = new Map<DescService, unknown>();
  readonly #store: SessionStore;
  readonly #options: Options;
  readonly #close: () => void;
  #session: Session | undefined;
  /** How often somebody signed in or out or chose a profile; a session that is refreshed is still the same login. */
  #changes = 0;
  /** Ends with the last that waits for its turn: of refreshing, or of choosing a profile, which ends what a refresh begins with. */
  #turn: Promise<unknown> = Promise.resolve();
  /** How many refreshes failed, and with what the last one did. */
  #failures = 0;
  #failure: unknown;
  #profileId: string | undefined;

  constructor(
    /** The installation's address. */
    readonly baseUrl: string,
    transport: Transport,
    options: Options = {},
    close: () => void = () => {},
  ) {
    this.#options = options;
    this.#store = options.store ?? inMemory();
    const kept = this.#store.load();
    this.#session = kept && keyed(kept);
    if (this.#session !== kept) this.#store.save(this.#session);
    this.#close = close;
    this.#transport = new Caller(transport, this, { ...DEFAULT_RETRY, ...options.retry }, options.timeout ?? 30_000);
  }

  /** Returns the client of a service: `tv.service(BrowseService).listTitles({})`. */
  service<S extends DescService>(service: S): Client<S> {
    let client = this.#clients.get(service) as Client<S> | undefined;
    if (!client) {
      client = createClient(service, this.#transport);
      this.#clients.set(service, client);
    }
    return client;
  }

  /** The login; undefined where nobody is signed in. */
  get session(): Session | undefined {
    return this.#session;
  }

  /** Completes an address of an answer, e.g. of a poster; an empty one stays so. */
  url(place: string): string {
    return place && new URL(place, this.baseUrl).href;
  }

  /** Makes an account and signs it in. */
  async register(account: { email: string; password: string; name: string; username?: string }): Promise<User> {
    const made = await this.service(AuthService).register(account);
    this.#change(sessionOf(made));
    return made.user!;
  }

  /** Signs in by a password. */
  async signIn(email: string, password: string): Promise<User> {
    const made = await this.service(AuthService).login({ email, password });
    this.#change(sessionOf(made));
    return made.user!;
  }

  /** Binds the login to a profile, as children need it: the token changes. */
  async selectProfile(profileId: string, proof: { pin?: string; password?: string } = {}): Promise<Profile> {
    return await this.#inTurn(async () => {
      const since = this.#changes;
      const contextValues = createContextValues().set(HAS_TURN, true);
      const made = await this.service(AuthService).selectProfile({ profileId, ...proof }, { contextValues });
      this.#change(sessionOf(made), since);
      return made.profile!;
    });
  }

  /** Has calls act for a profile of the account; undefined for its default. */
  watchAs(profileId: string | undefined): void {
    this.#profileId = profileId;
  }

  /** Ends the login, or every login of the account. */
  async signOut(what: { allSessions?: boolean } = {}): Promise<void> {
    const since = this.#changes;
    await this.service(AuthService).logout(what);
    this.#change(undefined, since);
  }

  /** Gets another access token now. Calls do it by themselves when it is time. */
  async refresh(): Promise<void> {
    if (this.#session) await this.refreshed(this.#session, false);
  }

  /**
   * Goes through a list, page by page as it is read: `for await (const title of tv.pages(browse.listTitles, {}))`.
   * The request's `pageSize` says how many items a page has.
   */
  async *pages<Request extends object, Item>(
    call: (request: Request) => Promise<{ items: Item[]; nextPageToken: string }>,
    request: Request,
  ): AsyncGenerator<Item, void, undefined> {
    let ask = request;
    for (;;) {
      const page = await call(ask);
      yield* page.items;
      if (!page.nextPageToken) return;
      ask = { ...request, offset: 0, pageToken: page.nextPageToken };
    }
  }

  /** Starts playback of a title or channel. Heartbeats go out until `close`, or until the server ends it. */
  async play(contentId: string, options: PlaybackOptions = {}): Promise<Playback> {
    const started = await this.service(PlaybackService).play({ contentId });
    const from = this.#options.streamingUrl ?? this.baseUrl;
    return new Playback(this.service(PlaySessionService), started, new URL(started.playbackUrl, from).href, options);
  }

  /** Closes the connection; the login stays. */
  close(): void {
    this.#close();
  }

  /** @internal What every call says about its sender. */
  sign(header: Headers, session: Session | undefined): void {
    const { deviceId, platform, language } = this.#options;
    const ours = {
      authorization: session && `Bearer ${session.accessToken}`,
      "x-device-id": deviceId,
      "x-client-platform": platform,
      "x-profile-id": this.#profileId,
      "accept-language": language,
    };
    for (const [name, value] of Object.entries(ours)) {
      if (value !== undefined && !header.has(name)) header.set(name, value);
    }
  }

  /** @internal Sees to it that a session is not used any more. */
  async refreshed(stale: Session, hasTurn: boolean): Promise<void> {
    if (hasTurn) return await this.#renew(stale);
    const failures = this.#failures;
    await this.#inTurn(async () => {
      // A refresh token works once: another call may have been here meanwhile, whose outcome holds for this one, too.
      if (this.#session !== stale) return;
      if (this.#failures !== failures) throw this.#failure;
      await this.#renew(stale);
    });
  }

  async #renew(stale: Session): Promise<void> {
    const kept = this.#store.load();
    if (kept && kept.refreshToken !== stale.refreshToken) return this.#follow(kept);
    const headers = { [KEY]: kept?.refreshKey ?? stale.refreshKey ?? randomId() };
    const refresh = this.service(AuthService).refresh({ refreshToken: stale.refreshToken }, { headers });
    const made = await refresh.catch((error: unknown) => this.#failed(stale, kept, error));
    if (made) this.#replace(stale, kept, sessionOf(made));
  }

  /** Throws what a refresh was refused with, unless there is a newer session, which needs none. */
  #failed(stale: Session, kept: Session | undefined, error: unknown): void {
    if (error instanceof StreamVerseError && SESSION_OVER.has(error.reason)) this.#replace(stale, kept, undefined);
    if (this.#session && this.#session !== stale) return;
    this.#failures += 1;
    this.#failure = error;
    throw error;
  }

  /** Goes on with a session if the one that it comes of is still in force, here and where it was kept. */
  #replace(stale: Session, kept: Session | undefined, next: Session | undefined): void {
    if (this.#session !== stale) return;
    const now = this.#store.load();
    // Where nothing was kept before, this browser keeps nothing.
    if (kept && now?.refreshToken !== stale.refreshToken) this.#follow(now);
    else this.#set(next);
  }

  /** Takes over what another tab did. */
  #follow(kept: Session | undefined): void {
    const session = kept && keyed(kept);
    if (session !== kept) this.#store.save(session);
    this.#session = session;
    this.#options.onSession?.(session);
  }

  /** Takes over another login; where `since` is given, only if there were so many changes until now. */
  #change(session: Session | undefined, since = this.#changes): void {
    if (since !== this.#changes) return;
    this.#changes += 1;
    this.#set(session);
  }

  #set(session: Session | undefined): void {
    this.#session = session;
    this.#store.save(session);
    this.#options.onSession?.(session);
  }

  /** Does something while no other call of this page, and no other tab, has the turn. */
  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(() => alone(act));
    this.#turn = done.catch(() => {});
    return done;
  }
}

/** Marks the calls of whoever has the turn. */
const HAS_TURN = createContextKey(false);

/** Does something while no other tab does it. */
async function alone<T>(act: () => Promise<T>): Promise<T> {
  const locks = (globalThis as { navigator?: { locks?: LockManager } }).navigator?.locks;
  return locks ? await (locks.request("streamverse.refresh", act) as Promise<T>) : await act();
}

/** Carries calls as the transport below does, signed and repeated. */
class Caller implements Transport {
  constructor(
    private readonly below: Transport,
    private readonly client: StreamVerse,
    private readonly policy: RetryPolicy,
    private readonly timeout: number,
  ) {}

  async unary<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    signal: AbortSignal | undefined,
    timeoutMs: number | undefined,
    header: HeadersInit | undefined,
    input: MessageInitShape<I>,
    contextValues?: ContextValues,
  ): Promise<UnaryResponse<I, O>> {
    return await this.#tries(method, signal, header, contextValues, (signed) =>
      this.below.unary(method, signal, timeoutMs ?? this.timeout, signed, input, contextValues),
    );
  }

  async stream<I extends DescMessage, O extends DescMessage>(
    method: DescMethodStreaming<I, O>,
    signal: AbortSignal | undefined,
    timeoutMs: number | undefined,
    header: HeadersInit | undefined,
    input: AsyncIterable<MessageInitShape<I>>,
    contextValues?: ContextValues,
  ): Promise<StreamResponse<I, O>> {
    const sent = await collect(input);
    // A refusal comes before the first message, and with it the chance to try again.
    return await this.#tries(method, signal, header, contextValues, async (signed) => {
      const answer = await this.below.stream(method, signal, timeoutMs, signed, again(sent), contextValues);
      const messages = answer.message[Symbol.asyncIterator]();
      const first = await messages.next();
      return { ...answer, message: goOn(first, messages) };
    });
  }

  async #tries<T>(
    method: DescMethodUnary | DescMethodStreaming,
    signal: AbortSignal | undefined,
    header: HeadersInit | undefined,
    contextValues: ContextValues | undefined,
    call: (header: Headers) => Promise<T>,
  ): Promise<T> {
    const own = new Headers(header);
    const tries = new Tries(method, this.policy, own);
    const hasTurn = contextValues?.get(HAS_TURN) ?? false;
    for (;;) {
      let session = signsIn(method) ? undefined : this.client.session;
      if (session && isStale(session)) {
        await this.client.refreshed(session, hasTurn);
        session = this.client.session;
      }
      const signed = new Headers(own);
      this.client.sign(signed, session);
      try {
        return await call(signed);
      } catch (thrown) {
        const error = StreamVerseError.from(thrown);
        const step = tries.after(error, session !== undefined);
        if (step === "refresh") await this.client.refreshed(session!, hasTurn);
        else await pause(step, signal, error);
      }
    }
  }
}

async function* goOn<T>(first: IteratorResult<T>, rest: AsyncIterator<T>): AsyncGenerator<T, void, undefined> {
  try {
    for (let next = first; !next.done; next = await rest.next()) yield next.value;
  } catch (thrown) {
    throw StreamVerseError.from(thrown);
  } finally {
    await rest.return?.();
  }
}
