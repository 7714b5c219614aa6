// One file of a run as it grows: every byte once and in order, whatever becomes of the server meanwhile.
import type { Clock } from "../../lib/clock.ts";
import { isOutage } from "../connect/link.ts";
import type { Link } from "../connect/link.ts";

export interface TailOptions {
  run: string;
  link: Link;
  clock: Clock;
  signal: AbortSignal;
}

/** Ends when the file is complete, or when the signal aborts. */
export async function* tailFile(
  path: string,
  start: number,
  options: TailOptions,
): AsyncGenerator<Uint8Array, void> {
  const { run, link, clock, signal } = options;
  let offset = start;
  while (!signal.aborted) {
    try {
      const query = { path, start: offset, follow: "true" };
      const body = await link.use(
        (client, call) => client.readArtifact({ params: { run }, query }, call),
        signal,
      );
      for await (const bytes of body) {
        offset += bytes.length;
        yield bytes;
      }
    } catch (error) {
      // A cut in the middle of the bytes: what follows is asked for anew, from here on.
      if (!signal.aborted && !isOutage(error)) throw error;
    }
    if (signal.aborted || (await isComplete(path, offset, options))) return;
    // Ended without being complete: a server that was stopped in good order. Its successor goes on.
    await clock.sleep(20, signal);
  }
}

async function isComplete(
  path: string,
  offset: number,
  { run, link, signal }: TailOptions,
): Promise<boolean> {
  try {
    const { artifacts } = await link.use(
      (client, call) => client.listArtifacts({ params: { run }, query: { prefix: path } }, call),
      signal,
    );
    const file = artifacts.find((artifact) => artifact.path === path);
    return file === undefined || (!file.growing && offset >= file.sizeBytes);
  } catch (error) {
    if (signal.aborted) return true;
    throw error;
  }
}
