// The server's events, from the moment the page was opened: each makes what it is about be fetched again.
import type { QueryClient } from "@tanstack/react-query";
import type { Event } from "../../../src/core/event.ts";
import { call } from "./call.ts";
import { compareWithServer } from "./own-script.ts";

type Listener = (event: Event) => void;
const listeners = new Set<Listener>();

/** For what is patched and not fetched again, such as a live curve. Returns how to stop. */
export function listenToEvents(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export type Connection = "connecting" | "live" | "reconnecting";
let connection: Connection = "connecting";
const watchers = new Set<() => void>();

export const readConnection = (): Connection => connection;

export function watchConnection(changed: () => void): () => void {
  watchers.add(changed);
  return () => watchers.delete(changed);
}

function setConnection(next: Connection): void {
  if (next === connection) return;
  connection = next;
  for (const watcher of watchers) watcher();
}

/** Answers when it is known from which event on to follow: what is read after that misses nothing. */
export async function followEvents(queries: QueryClient): Promise<void> {
  try {
    follow(queries, lastOfPage() ?? (await call<{ lastEvent: number }>("/events/last")).lastEvent);
  } catch {
    // Without a session there is nothing to follow; signing in loads the page anew.
  }
}

/** The server writes it on the page for who is signed in, so that nothing has to wait for a call of its own. */
function lastOfPage(): number | undefined {
  const written = document.querySelector<HTMLMetaElement>("meta[name=last-event]")?.content;
  return written === undefined ? undefined : Number(written);
}

const retryMs = 2000;

function follow(queries: QueryClient, after: number): void {
  let last = after;
  const source = new EventSource(`/api/v1/events/stream?after=${after}`);
  source.addEventListener("open", () => {
    // It may be another server that answers now.
    if (connection === "reconnecting") compareWithServer().catch(() => {});
    setConnection("live");
  });
  source.addEventListener("error", () => {
    setConnection("reconnecting");
    // The browser tries again by itself, unless an answer was no stream: that of a proxy without a server behind it.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => follow(queries, last), retryMs);
  });
  source.addEventListener("message", ({ data }) => {
    const event = JSON.parse(data as string) as Event;
    last = event.seq;
    for (const listener of listeners) listener(event);
    gather(queries, event);
  });
}

/** Many events in a moment become one refetch of each query that they are about. */
const waiting = new Set<string>();
let timer: ReturnType<typeof setTimeout> | undefined;
const gatherMs = 100;

function gather(queries: QueryClient, { run, body }: Event): void {
  for (const key of keysOf(run, body)) waiting.add(JSON.stringify(key));
  timer ??= setTimeout(() => {
    timer = undefined;
    const keys = [...waiting].map((text) => JSON.parse(text) as string[]);
    waiting.clear();
    for (const queryKey of keys) void queries.invalidateQueries({ queryKey });
  }, gatherMs);
}

/** Rows of the table of runs are not among them: features/jobs/live-rows.ts patches those. */
function keysOf(run: string | null, body: Event["body"]): string[][] {
  const about = run === null ? [] : [run];
  switch (body.kind) {
    case "run.created":
      return [
        ["jobs"],
        ["runs"],
        ["workspace"],
        ["queue"],
        ...(body.parent === undefined ? [] : [["trials", body.parent]]),
      ];
    case "job.state":
    case "job.note":
    case "run.changed":
    case "run.params":
      return [
        ["jobs"],
        ["runs"],
        ["queue"],
        ...about.map((name) => ["job", name]),
        ...about.map((name) => ["run", name]),
      ];
    case "sweep.changed":
      return about.flatMap((name) => [
        ["job", name],
        ["trials", name],
      ]);
    case "run.metrics":
      return [["runs"], ...about.map((name) => ["run", name])];
    case "artifact.added":
    case "artifact.closed":
      return about.map((name) => ["artifacts", name]);
    case "compute.changed":
      return [["computes"]];
    case "asset.changed":
    case "model.changed":
      return [["assets"], ["models"]];
    case "datastore.changed":
      return [["datastores"]];
    default:
      return [];
  }
}
