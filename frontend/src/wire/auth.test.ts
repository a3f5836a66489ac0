import { Code, ConnectError, type Interceptor, type Transport, type UnaryRequest } from "@connectrpc/connect";
import { create } from "@bufbuild/protobuf";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { ErrorInfoSchema } from "@gen/google/rpc/error_details_pb";
import { RefreshResponseSchema } from "@gen/streamverse/auth/v1/auth_pb";
import { authorize, rebind } from "./auth";
import { keep, session, type Session, type SessionProfile } from "./session";

const ANA: SessionProfile = { id: "ana", name: "Ana", isKids: false, hasPin: false, language: "", avatar: "" };
const KID: SessionProfile = { ...ANA, id: "kid", name: "Kid", isKids: true };
const signedIn = (changes: Partial<Session> = {}): Session => ({ accessToken: "a1", refreshToken: "r1", expires: Date.now() + 3_600_000, userId: "u", email: "", name: "", roles: [], profile: ANA, ...changes });
const opened = { accessToken: "a2", refreshToken: "r2", expiresIn: 3600, user: { id: "u", email: "", name: "" } };

/** Refreshes that were asked for, by their key. */
let renewals: string[] = [];
let answers: (() => unknown)[] = [];
const bare = {
  unary: async (method: unknown, _signal: unknown, _timeout: unknown, header: HeadersInit) => {
    renewals.push(new Headers(header).get("idempotency-key") ?? "");
    await answers.shift()?.();
    return { stream: false, header: new Headers(), trailer: new Headers(), method, message: create(RefreshResponseSchema, opened) };
  },
} as unknown as Transport;

const request = (name: string) => ({ method: { name }, stream: false, header: new Headers() }) as unknown as UnaryRequest;
const through = (next: (request: UnaryRequest) => Promise<unknown>, name = "GetHome") => (authorize(() => bare)(next as Parameters<Interceptor>[0])(request(name)) as Promise<unknown>);
const tokenOf = (of: UnaryRequest) => of.header.get("authorization");
const switchTo = (profile: SessionProfile, ask = () => Promise.resolve(opened)) => rebind(ask, () => profile);

beforeEach(() => {
  [renewals, answers] = [[], []];
  keep(signedIn());
});

describe("another profile", () => {
  it("never gets what was asked for the one before", async () => {
    let answer: (value: unknown) => void = () => undefined;
    const late = through(() => new Promise((resolve) => (answer = resolve)));
    await vi.waitFor(() => expect(answer).toHaveLength(1));
    await switchTo(KID);
    answer("rows for grown-ups");
    await expect(late).rejects.toMatchObject({ code: Code.Canceled });
    expect(session()?.profile).toEqual(KID);
  });

  it("does not do what the one before began", async () => {
    const tokens: (string | null)[] = [];
    let refuse: (error: unknown) => void = () => undefined;
    const late = through((asked) => new Promise((_, reject) => (tokens.push(tokenOf(asked)), (refuse = reject))), "PutRating");
    await vi.waitFor(() => expect(tokens).toHaveLength(1));
    await switchTo(KID);
    refuse(new ConnectError("ended", Code.Unauthenticated));
    await expect(late).rejects.toMatchObject({ code: Code.Canceled });
    expect(tokens).toEqual(["Bearer a1"]);
    expect(session()).toBeDefined();
  });

  it("is let in by another tab, whose end of the old tokens is no end of the session", async () => {
    let refuse: (error: unknown) => void = () => undefined;
    let release: () => void = () => undefined;
    // What the other tab holds while it asks.
    const held = new Promise<void>((resolve) => (release = resolve));
    vi.stubGlobal("navigator", { locks: { request: (_name: string, work: () => unknown) => held.then(work) } });
    const late = through(() => new Promise((_, reject) => (refuse = reject)));
    await vi.waitFor(() => expect(refuse).toHaveLength(1));
    refuse(new ConnectError("ended", Code.Unauthenticated, undefined, [{ desc: ErrorInfoSchema, value: { reason: "TOKEN_REVOKED" } }]));
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(localStorage.getItem("sv.session")).not.toBeNull();
    release();
    // What it wrote comes after the lock.
    await new Promise((resolve) => setTimeout(resolve, 60));
    localStorage.setItem("sv.session", JSON.stringify(signedIn({ accessToken: "a2", profile: KID })));
    await expect(late).rejects.toMatchObject({ code: Code.Canceled });
    expect(session()?.profile).toEqual(KID);
    vi.unstubAllGlobals();
  });

  it("is waited for by calls that begin meanwhile", async () => {
    let done: (value: typeof opened) => void = () => undefined;
    const switched = switchTo(KID, () => new Promise((resolve) => (done = resolve)));
    await vi.waitFor(() => expect(done).toHaveLength(1));
    const seen: (string | null)[] = [];
    const call = through((asked) => Promise.resolve(seen.push(tokenOf(asked))));
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(seen).toEqual([]);
    done(opened);
    await Promise.all([switched, call]);
    expect(seen).toEqual(["Bearer a2"]);
  });

  it("that is refused leaves everything as it was", async () => {
    await expect(switchTo(KID, () => Promise.reject(new ConnectError("PIN_WRONG", Code.PermissionDenied)))).rejects.toThrow();
    expect(session()?.profile).toEqual(ANA);
    const seen: (string | null)[] = [];
    await through((asked) => Promise.resolve(seen.push(tokenOf(asked))));
    expect(seen).toEqual(["Bearer a1"]);
  });
});

describe("a renewal", () => {
  it("is asked for under one key until it is answered, and under another one the next time", async () => {
    keep(signedIn({ expires: 0 }));
    answers = [() => Promise.reject(new ConnectError("gone", Code.Unavailable)), () => Promise.reject(new ConnectError("gone", Code.Unavailable))];
    await expect(through(() => Promise.resolve())).rejects.toMatchObject({ code: Code.Unavailable });
    await through(() => Promise.resolve());
    expect(renewals).toHaveLength(3);
    expect(new Set(renewals).size).toBe(1);
    expect(renewals[0]).toMatch(/^[0-9a-f]{32}$/);
    keep({ ...(session() ?? signedIn()), expires: 0 });
    await through(() => Promise.resolve());
    expect(renewals[3]).not.toBe(renewals[0]);
    expect(session()?.profile).toEqual(ANA);
  });
});
