// Artifacts: the files of a run.
import type { Artifact } from "../../api/artifacts.ts";
import { Refused } from "../../core/refused.ts";
import { isFinal } from "../../core/job.ts";
import type { JobState } from "../../core/job.ts";
import { findArtifact, linkBlob, listArtifacts } from "../../store/artifacts.ts";
import type { ArtifactRow } from "../../store/artifacts.ts";
import { recordEvent } from "../../store/events.ts";
import type { Db } from "../../store/store.ts";
import { problem } from "../http/answer-error.ts";
import type { SomeHandlers } from "../http/app.ts";
import type { ServerContext } from "../context.ts";
import { appendGrowing, followGrowing, sizeOf } from "../files/growing.ts";
import { topics } from "../nudges.ts";
import { jobReaches } from "../http/run-reach.ts";
import { answerFile } from "../http/serve-file.ts";
import { runNamed } from "./runs.ts";

export function artifactRoutes(
  context: ServerContext,
): SomeHandlers<"listArtifacts" | "readArtifact" | "linkArtifact" | "putArtifact" | "appendArtifact"> {
  const { store, blobs, growing, clock, nudges } = context;

  const link = async (run: string, files: { path: string; hash: string; sizeBytes: number }[]) => {
    const at = clock.now();
    const replaced = await store.write(async (tx) => {
      const before: (ArtifactRow & { path: string })[] = [];
      for (const file of files) {
        const old = await linkBlob(tx, run, { ...file, at });
        if (old) before.push(old);
        await recordEvent(tx, at, run, { kind: "artifact.added", path: file.path });
      }
      return before;
    });
    for (const old of replaced) if (old.growingId !== null) await growing.remove(old.growingId);
    nudges.nudge(topics.events);
    return replaced.map((old) => old.path);
  };

  return {
    async listArtifacts({ params, query }) {
      await runNamed(store.db, params.run);
      const rows = await listArtifacts(store.db, params.run, { ...query, limit: query.limit + 1 });
      const page = rows.slice(0, query.limit);
      const artifacts: Artifact[] = [];
      for (const row of page) artifacts.push(await show(context, params.run, row));
      return { artifacts, next: rows.length > page.length ? page.at(-1)!.path : null };
    },

    async readArtifact({ params, query }, { signal, headers, isHead }) {
      const run = await runNamed(store.db, params.run);
      const row = await findFile(store.db, run.id, query.path);
      const end = query.end ?? Number.POSITIVE_INFINITY;
      const ranged = query.start > 0 || query.end !== undefined;
      if (!ranged && !query.follow) {
        const answer = await answerFile(context, row, { path: query.path, headers, isHead });
        if (answer.status !== 416) return answer;
        const title = `${query.path} has no bytes ${headers.get("range")}`;
        const refusal = problem({ title, status: 416, code: "invalid", hint: "ask for bytes that it has" });
        return {
          ...answer,
          headers: { ...answer.headers, "content-type": "application/problem+json" },
          body: refusal.body!,
        };
      }
      if (row.hash !== null) {
        const size = row.sizeBytes;
        const range = { start: Math.min(query.start, size), end: Math.min(end, size) };
        const whole = range.start === 0 && range.end === size;
        const body = range.start >= range.end ? none() : blobs.read(row.hash, whole ? undefined : range);
        return {
          body,
          headers: { "content-length": String(Math.max(0, range.end - range.start)), etag: `"${row.hash}"` },
        };
      }
      const stillGrows = async () => {
        const now = await findArtifact(store.db, run.id, row.path);
        return (
          now !== undefined && now.growing && !isFinal((await runNamed(store.db, run.id)).state as JobState)
        );
      };
      if (query.follow)
        return { body: followGrowing(context, row.growingId!, query.start, end, stillGrows, signal) };
      const { sizeBytes } = await growing.size(row.growingId!);
      const stop = Math.min(end, sizeBytes);
      const start = Math.min(query.start, stop);
      return {
        body: growing.read(row.growingId!, start, stop),
        headers: { "content-length": String(stop - start) },
      };
    },

    async linkArtifact({ params, body }) {
      const run = await runNamed(store.db, params.run);
      const files: { path: string; hash: string; sizeBytes: number }[] = [];
      for (const artifact of body.artifacts) {
        const sizeBytes = await blobs.size(artifact.hash);
        if (sizeBytes === undefined) {
          throw new Refused(
            "not-found",
            `the bytes of ${artifact.path} are not stored here (${artifact.hash})`,
            "upload them first",
          );
        }
        files.push({ ...artifact, sizeBytes });
      }
      const replaced = await link(run.id, files);
      return { linked: files.length, replaced };
    },

    async putArtifact({ params, query, body }, { identity }) {
      const run = await runNamed(store.db, params.run);
      if (identity?.kind === "job" && !(await jobReaches(store.db, identity.run, run.id, "change")))
        await refuseReplacing(store.db, run.id, query.path);
      const stored = await blobs.write(body);
      await link(run.id, [{ path: query.path, ...stored }]);
      return show(context, run.id, (await findArtifact(store.db, run.id, query.path))!);
    },

    async appendArtifact({ params, query, body }) {
      const run = await runNamed(store.db, params.run);
      return appendGrowing(context, run.id, { ...query, alias: query.alias }, body);
    },
  };
}

/** What a job adds to a run above it takes nothing away. */
async function refuseReplacing(db: Db, run: string, path: string): Promise<void> {
  if (!(await findArtifact(db, run, path))) return;
  throw new Refused(
    "immutable",
    `run ${run} has a file ${path} already, and a job does not replace files of the runs above it`,
    "choose another name",
  );
}

async function* none(): AsyncGenerator<Uint8Array> {}

/** The artifact under this name, or under the name it stands for. */
export async function findFile(db: Db, run: string, path: string): Promise<ArtifactRow> {
  const row = await findArtifact(db, run, path);
  const target = row?.aliasOf ? await findArtifact(db, run, row.aliasOf) : row;
  if (target) return target;
  throw new Refused(
    "not-found",
    `run ${run} has no file named ${path}`,
    "list its artifacts to see what it has",
  );
}

async function show(context: ServerContext, run: string, row: ArtifactRow): Promise<Artifact> {
  const target = row.aliasOf ? await findFile(context.store.db, run, row.aliasOf) : row;
  return {
    path: row.path,
    sizeBytes: await sizeOf(context, target),
    hash: target.hash,
    growing: target.growing,
    createdAt: row.createdAt,
    aliasOf: row.aliasOf,
  };
}
