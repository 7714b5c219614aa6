// What the tests of the command line share: a client that answers as told, and streams that keep what they get.
import type { Client } from "../api/client.ts";
import type { Clock } from "../lib/clock.ts";
import type { Config } from "./config.ts";
import { readConfig } from "./config.ts";
import type { Link } from "./connect/link.ts";
import type { Context } from "./context.ts";
import type { Io } from "./io.ts";

/** Any call that a test did not expect fails it. */
export function aClient(answers: Partial<Client>): Client {
  return new Proxy(answers, {
    get: (target, name) =>
      // Asked for by every `await`: a client is no promise.
      name === "then"
        ? undefined
        : (Reflect.get(target, name) ??
          (() => {
            throw new Error(`the test expects no call of ${String(name)}`);
          })),
  }) as Client;
}

/** Sleeps for one turn of the event loop, whatever the time asked for. */
export const instantClock: Clock = {
  now: () => 0,
  elapsed: () => 0,
  sleep: () => new Promise((resolve) => setImmediate(resolve)),
};

export const aLink = (client: Client): Link => ({
  use: (act, signal = new AbortController().signal) => act(client, { signal }),
});

export interface KeptIo extends Io {
  out: string;
  err: string;
}

export function keptIo(options: { stdoutIsTerminal?: boolean } = {}): KeptIo {
  const kept: KeptIo = {
    out: "",
    err: "",
    write: async (bytes) => void (kept.out += Buffer.from(bytes).toString()),
    writeAside: async (bytes) => void (kept.err += Buffer.from(bytes).toString()),
    note: (line) => void (kept.err += `${line}\n`),
    detail: () => {},
    error: (line) => void (kept.err += `${line}\n`),
    status: () => {},
    live: false,
    stdoutIsTerminal: options.stdoutIsTerminal ?? false,
  };
  return kept;
}

export function aContext(io: Io, config: Partial<Config> = {}): Context {
  return {
    config: { ...readConfig({ TRAINYARD_HOME: "/nowhere/trainyard" }), ...config },
    io,
    clock: instantClock,
    interrupted: () => new AbortController().signal,
  };
}

export async function* bytesOf(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}
