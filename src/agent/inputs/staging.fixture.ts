// What staging an input takes, with a cache of its own and no server, for tests.
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { systemClock } from "../../lib/clock.ts";
import type { Clock } from "../../lib/clock.ts";
import { silentLog } from "../../lib/log.ts";
import type { DatastoreClient } from "../../datastores/datastore-client.ts";
import { createNodeCache } from "../cache/node-cache.ts";
import type { InputLimits } from "./input-limits.ts";
import type { InputStaging } from "./stage-inputs.ts";

/** Pauses and stalls are over ten times as soon. */
const hastyClock: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 10, signal) };

export interface StagingOptions {
  limits?: Partial<InputLimits>;
  datastores?: Record<string, DatastoreClient>;
  capBytes?: number;
}

export async function createStaging(
  t: TestContext,
  options: StagingOptions = {},
): Promise<InputStaging & { root: string; nextAttempt(): InputStaging }> {
  const root = await mkdtemp(join(tmpdir(), "inputs-"));
  t.after(() => rm(root, { recursive: true, force: true, maxRetries: 5 }));
  const cache = createNodeCache({
    folder: root,
    capBytes: options.capBytes,
    call: () => Promise.reject(new Error("there is no server here")),
    clock: systemClock,
    log: silentLog,
  });
  let attempts = 0;
  const nextAttempt = (): InputStaging => {
    const attemptFolder = join(root, "attempts", `attempt-${++attempts}`);
    return {
      folder: join(attemptFolder, "inputs"),
      attemptFolder,
      cache,
      datastores: {
        open(name) {
          const client = options.datastores?.[name];
          return client ? Promise.resolve(client) : Promise.reject(new Error(`no datastore ${name}`));
        },
      },
      limits: {
        stallMs: 100_000,
        clock: hastyClock,
        mostBytes: undefined,
        forbidPrivateAddresses: false,
        ...options.limits,
      },
      signal: new AbortController().signal,
    };
  };
  for (let index = 1; index <= 12; index++)
    await mkdir(join(root, "attempts", `attempt-${index}`, "inputs"), { recursive: true });
  return { ...nextAttempt(), root, nextAttempt };
}
