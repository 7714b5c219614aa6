// Logs: the lines of text files that are too long to be sent whole.
import type { ArtifactRow } from "../../store/artifacts.ts";
import type { SomeHandlers } from "../http/app.ts";
import type { ServerContext } from "../context.ts";
import { sizeOf } from "../files/growing.ts";
import { countLineEnds, searchLines } from "../files/scan-log.ts";
import { findFile } from "./artifacts.ts";
import { runNamed } from "./runs.ts";

const stretchBytes = 256 << 10;

export function logRoutes(context: ServerContext): SomeHandlers<"indexLog" | "searchLog"> {
  const { store } = context;
  return {
    async indexLog({ params, query }) {
      const run = await runNamed(store.db, params.run);
      const row = await findFile(store.db, run.id, query.path);
      const sizeBytes = await sizeOf(context, row);
      const start = Math.min(query.from * stretchBytes, sizeBytes);
      const end = Math.max(start, Math.floor(sizeBytes / stretchBytes) * stretchBytes);
      const lineEnds =
        start < end ? await countLineEnds(bytesOf(context, row, start, end), stretchBytes) : [];
      return { stretchBytes, lineEnds, sizeBytes, growing: row.growing };
    },

    async searchLog({ params, query }) {
      const run = await runNamed(store.db, params.run);
      const row = await findFile(store.db, run.id, query.path);
      const sizeBytes = await sizeOf(context, row);
      return searchLines(bytesOf(context, row, 0, sizeBytes), query.text, query.limit);
    },
  };
}

const bytesOf = (
  { blobs, growing }: ServerContext,
  row: ArtifactRow,
  start: number,
  end: number,
): AsyncIterable<Uint8Array> =>
  row.hash === null ? growing.read(row.growingId!, start, end) : blobs.read(row.hash, { start, end });
