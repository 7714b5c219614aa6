// The log files of sweeps, which control writes: growing artifacts like those that agents send.
import { findArtifact } from "../../store/artifacts.ts";
import type { ControlContext } from "../../control/context.ts";
import type { ServerContext } from "../context.ts";
import { appendGrowing, sizeOf } from "../files/growing.ts";

export const createSweepLog = (context: ServerContext): ControlContext["sweepLog"] => ({
  async size(run, path) {
    const known = await findArtifact(context.store.db, run, path);
    return known ? sizeOf(context, known) : 0;
  },
  async append(run, path, { offset, text, close }) {
    await appendGrowing(context, run, { path, offset, close }, oneChunk(Buffer.from(text)));
  },
});

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.byteLength > 0) yield bytes;
}
