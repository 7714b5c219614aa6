// Writes named outputs to the datastores that the job wants them in. The run has them as artifacts already.
import { createReadStream } from "node:fs";
import { join } from "node:path";
import type { DatastoreRef } from "../../core/job-spec.ts";
import { fillOutputPath } from "../../core/output-path.ts";
import type { Attempt } from "../attempt/attempt.ts";
import { eachOf } from "../cache/snapshot-source.ts";
import { orStalled } from "../inputs/patient-read.ts";
import { walkNodes } from "./walk-nodes.ts";

const atOnce = 4;
/** A store's client tries again by itself; this is for an outage that is longer than its patience. */
const mostTries = 3;
/** Bytes are taken in large parts, and several of them are under way before the next is asked for. */
const partsInFlight = 10;

/** Each warning is for the run: its job has done its work, and the files are safe as artifacts. */
export async function writeOutputs(attempt: Attempt, warn: (message: string) => void): Promise<void> {
  const { order, logs, signal } = attempt;
  for (const [name, output] of Object.entries(order.spec.outputs)) {
    const place = datastorePlace(output.path, { run: order.run, output: name });
    // In direct mode the script has written there by itself.
    if (!place || output.mode === "direct") continue;
    const { files } = await walkNodes(attempt, (node) => join(node.namedOutputs, name));
    try {
      await writeAll(attempt, place, files);
      const where = `azureml://datastores/${place.datastore}/paths/${place.path}`;
      logs.write("job-post", `output ${name}: ${files.length} files written to ${where}`);
    } catch (error) {
      signal.throwIfAborted();
      const why = error instanceof Error ? error.message : String(error);
      warn(
        `output ${name} could not be written to the datastore ${place.datastore}: ${why}; its files are in the run's artifacts, below named-outputs/${name}`,
      );
    }
  }
}

async function writeAll(
  { datastores, clock, config, signal }: Attempt,
  place: DatastoreRef,
  files: readonly { path: string; name: string }[],
): Promise<void> {
  if (files.length === 0) return;
  const client = await datastores.open(place.datastore, signal);
  const prefix = place.path === "" || place.path.endsWith("/") ? place.path : `${place.path}/`;
  const patience = { stallMs: config.stallSeconds * 1000 * partsInFlight, clock };
  const write = async (file: { path: string; name: string }, both: AbortSignal) => {
    for (let tries = 1; ; tries++) {
      const stop = new AbortController();
      const stopped = AbortSignal.any([both, stop.signal]);
      const progress = createProgress();
      try {
        const written = client.write(`${prefix}${file.name}`, progress.of(file.path), stopped);
        await progress.until(written, (step) => orStalled(step, patience, both));
        return;
      } catch (error) {
        stop.abort(new Error("this try is over"));
        both.throwIfAborted();
        if (tries === mostTries) throw error;
        await clock.sleep(500 * 2 ** tries, both);
      }
    }
  };
  await eachOf(
    files.map((file) => (both) => write(file, both)),
    atOnce,
    signal,
  );
}

/** A write is patient with as long as bytes are taken, however many there are. */
function createProgress() {
  let moved = Promise.withResolvers<void>();
  return {
    async *of(path: string): AsyncGenerator<Uint8Array> {
      for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
        moved.resolve();
        moved = Promise.withResolvers();
        yield chunk as Buffer;
      }
    },
    async until(written: Promise<void>, patiently: <T>(step: Promise<T>) => Promise<T>) {
      const done = written.then(() => true);
      while (!(await patiently(Promise.race([done, moved.promise.then(() => false)])))) continue;
    },
  };
}

/** `azureml://datastores/<name>/paths/<path>`, in its short form or with the workspace before it. */
export function datastorePlace(
  path: string | undefined,
  of: { run: string; output: string },
): DatastoreRef | undefined {
  const filled = path === undefined ? "" : fillOutputPath(path, of);
  const match = /^azureml:.*\/datastores\/([^/]+)\/paths(?:\/(.*))?$/.exec(filled);
  return match ? { kind: "datastore", datastore: match[1]!, path: match[2] ?? "" } : undefined;
}
