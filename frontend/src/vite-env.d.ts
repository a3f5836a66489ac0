/// <reference types="vite/client" />

/** What src/app/early.ts has asked for. */
interface Early {
  config?: Promise<Response>;
  call?: { url: string; traceId: string; began: number; headers: Record<string, string>; answer: Promise<Response> };
}

interface Window {
  early?: Early;
}
