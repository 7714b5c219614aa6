// Runs: what was logged.
import type { RunRecord } from "../../core/metric.ts";
import { toWireNumber } from "../../core/metric.ts";
import { Refused } from "../../core/refused.ts";
import { readSeries } from "../../store/metrics.ts";
import { advanceStream, readOffsets, storeRecords } from "../../store/records.ts";
import { readChildren } from "../../store/run-family.ts";
import { findRun } from "../../store/runs.ts";
import type { RunRecordRow } from "../../store/runs.ts";
import type { Db } from "../../store/store.ts";
import type { SomeHandlers } from "../http/app.ts";
import type { ServerContext } from "../context.ts";
import { topics } from "../nudges.ts";
import { describeRuns } from "../jobs/describe-runs.ts";
import { parseRecords } from "../jobs/parse-records.ts";
import { jobReaches } from "../http/run-reach.ts";
import { tooLarge } from "../http/raw-bodies.ts";

const maxRecordBytes = 8 << 20;
/** No agent sends one of such a name. */
const clientStreams = "client-";

export function runRoutes(
  context: ServerContext,
): SomeHandlers<"getRun" | "listChildren" | "getMetric" | "appendRecords" | "recordOffset"> {
  const { store, clock, nudges } = context;
  return {
    async getRun({ params }) {
      const run = await runNamed(store.db, params.run);
      return (await describeRuns(store.db, [run]))[0]!;
    },

    async listChildren({ params, query }) {
      await runNamed(store.db, params.run);
      const rows = await readChildren(store.db, params.run, {
        limit: query.limit + 1,
        beforeSeq: query.before === undefined ? undefined : Number(query.before),
      });
      const page = rows.slice(0, query.limit);
      return {
        children: page.map(({ id, state, createdAt }) => ({ run: id, state, createdAt })),
        next: rows.length > page.length ? String(page.at(-1)!.seq) : null,
      };
    },

    async getMetric({ params, query }) {
      const run = await runNamed(store.db, params.run);
      const page = await readSeries(store.db, run.seq, query.name, query);
      if (!page) throw new Refused("not-found", `run ${run.id} has no metric named ${query.name}`);
      const full = page.index.length === query.limit;
      return {
        name: query.name,
        ...page,
        values:
          page.kind === "scalar" ? page.values.map((value) => toWireNumber(value as number)) : page.values,
        next: full ? page.index.at(-1)! : null,
      };
    },

    async appendRecords({ params, query, body }, { identity }) {
      const run = await runNamed(store.db, params.run);
      const isOwn = identity?.kind !== "job" || (await jobReaches(store.db, identity.run, run.id, "change"));
      if (!isOwn && !query.stream.startsWith(clientStreams)) {
        throw new Refused(
          "forbidden",
          `a job adds to a run above it by a stream of its own, and ${query.stream} may be that run's`,
          `begin the stream's name with ${clientStreams} and make the rest random`,
        );
      }
      const bytes = await gather(body);
      const text = bytes.toString("utf8");
      if (bytes.length > 0 && bytes.at(-1) !== 0x0a) {
        throw new Refused("invalid", "the body does not end with a whole line", "send whole lines only");
      }
      const { records, skipped } = parseRecords(text);
      const lost = await store.write(async (tx) => {
        await advanceStream(tx, run.id, query.stream, { offset: query.offset, sizeBytes: bytes.length });
        return storeRecords(tx, run, records satisfies RunRecord[], clock.now());
      });
      nudges.nudge(topics.events);
      return { offset: query.offset + bytes.length, skipped: skipped + lost };
    },

    async recordOffset({ params }) {
      await runNamed(store.db, params.run);
      return { streams: await readOffsets(store.db, params.run) };
    },
  };
}

async function gather(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of body) {
    total += chunk.byteLength;
    if (total > maxRecordBytes) throw tooLarge(maxRecordBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export async function runNamed(db: Db, id: string): Promise<RunRecordRow> {
  const run = await findRun(db, id);
  if (run) return run;
  throw new Refused("not-found", `there is no run named ${id}`);
}
