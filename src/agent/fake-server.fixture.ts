// A server in memory that speaks the agent's part of the contract over HTTP, for tests: it can vanish, hold and repeat.
import { createHash, randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Order, WorkOrder } from "../api/agents.ts";
import type { WholeFile } from "../api/artifacts.ts";
import { takeRecords } from "./fake-streams.fixture.ts";
import { contract } from "../api/contract.ts";
import type { RecordPiece } from "../api/runs.ts";
import type { OperationId } from "../api/contract.ts";
import { isRaw } from "../api/endpoint.ts";
import type { EndpointShape } from "../api/endpoint.ts";
import { createFrameDecoder, encodeFrameHeader } from "../core/blob-frames.ts";
import type { DatastoreType } from "../core/datastore.ts";
import { Refused } from "../core/refused.ts";
import { canonicalManifest } from "../core/snapshot.ts";
import type { SnapshotManifest } from "../core/snapshot.ts";
import { findOperation } from "./find-operation.fixture.ts";

interface FakeArtifact {
  bytes: Buffer;
  growing: boolean;
  alias?: string;
}

interface FakeRequest {
  params: Record<string, string>;
  query: Record<string, string>;
  body: Buffer;
}

type FakeReport = FakeServer["reports"][number];
type FakeEnd = FakeServer["ends"][number];

type SentEnd = FakeEnd & {
  epoch: number;
  reports: FakeReport[];
  records?: RecordPiece[];
  files?: WholeFile[];
};

export interface FakeServer {
  orders: Map<string, Order>;
  reports: { attempt: string; phase: string; reason: string; notes: { message: string }[] }[];
  ends: {
    attempt: string;
    reason: string;
    exitCode: number | null;
    message: string | null;
    traceback: string | null;
  }[];
  artifacts: Map<string, FakeArtifact>;
  streams: Map<string, Buffer>;
  datastores: Map<
    string,
    { type: DatastoreType; settings: Record<string, string>; secrets: Record<string, string> }
  >;
  /** Every call that was handled, in order. */
  calls: OperationId[];
  shouldExit: boolean;
  addSnapshot(files: Record<string, string>): string;
  place(work: WorkOrder, wish?: Partial<Pick<Order, "go" | "stop">>): void;
  change(attempt: string, wish: Partial<Pick<Order, "go" | "stop">>): void;
  remove(attempt: string): void;
  /** Resolves as soon as this is true of what has arrived. */
  until(isReached: () => boolean): Promise<void>;
  /** Keeps calls of this kind unanswered until released. */
  hold(
    id: OperationId,
    isMeant?: (request: FakeRequest) => boolean,
  ): { reached: Promise<void>; release(): void };
  /** Handles each call twice and answers with the second: what a network that repeats looks like. */
  repeatEverything: boolean;
  down(): Promise<void>;
  /** On another port than before. */
  up(): Promise<void>;
}

export async function startFakeServer(home: string): Promise<FakeServer> {
  const blobs = new Map<string, Buffer>();
  const snapshots = new Map<string, SnapshotManifest>();
  const watchers = new Set<() => void>();
  const holds = new Set<{
    id: OperationId;
    isMeant: (request: FakeRequest) => boolean;
    gate: Promise<void>;
    reach: () => void;
  }>();
  let version = 0;
  let epoch = 0;
  let http: Server | undefined;

  const changed = () => {
    for (const check of watchers) check();
  };
  const touch = () => {
    version += 1;
    changed();
  };
  const until = (isReached: () => boolean) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (!isReached()) return;
        watchers.delete(check);
        resolve();
      };
      watchers.add(check);
      check();
    });
  const keep = (bytes: Buffer) => {
    const hash = createHash("sha256").update(bytes).digest("hex");
    blobs.set(hash, bytes);
    return hash;
  };
  const needOrder = (attempt: string | undefined) => {
    if (attempt === undefined || !fake.orders.has(attempt)) throw new Refused("not-found", "no such attempt");
  };
  const takeReports = (attempt: string, reports: FakeReport[]) => {
    needOrder(attempt);
    for (const report of reports) fake.reports.push({ ...report, attempt });
  };
  const needEpoch = (body: { epoch: number }) => {
    if (body.epoch !== epoch) throw new Refused("superseded", "a newer agent has registered");
  };

  const handlers: { [Id in OperationId]?: (request: FakeRequest) => unknown } = {
    registerAgent: () => ({ epoch: ++epoch }),
    async pollOrders({ body }) {
      const asked = JSON.parse(body.toString()) as {
        epoch: number;
        version: string;
        known: string[];
        waitSeconds: number;
      };
      needEpoch(asked);
      await Promise.race([
        until(() => asked.version !== String(version) || asked.epoch !== epoch || fake.shouldExit),
        new Promise((resolve) => setTimeout(resolve, asked.waitSeconds * 1000).unref()),
      ]);
      needEpoch(asked);
      const orders = [...fake.orders.values()].map(({ work, ...order }) =>
        asked.known.includes(order.attempt) ? order : { ...order, work },
      );
      return { version: String(version), orders, exit: fake.shouldExit };
    },
    reportAttempt({ params, body }) {
      const report = JSON.parse(body.toString()) as FakeReport & { epoch: number; earlier?: FakeReport[] };
      needEpoch(report);
      takeReports(params["attempt"]!, [...(report.earlier ?? []), report]);
      return { accepted: true };
    },
    endAttempt({ params, body }) {
      const attempt = params["attempt"]!;
      const { records, files, ...end } = JSON.parse(body.toString()) as SentEnd;
      needEpoch(end);
      takeReports(attempt, end.reports);
      const isFirst = !fake.ends.some((known) => known.attempt === attempt);
      if (isFirst) {
        for (const { stream, offset, lines } of records ?? [])
          takeRecords(fake.streams, stream, offset, Buffer.from(lines));
        for (const { path, alias, base64 } of files ?? []) {
          const bytes = Buffer.from(base64, "base64");
          fake.artifacts.set(path, { bytes, growing: false, ...(alias !== undefined && { alias }) });
        }
        fake.ends.push({ ...end, attempt });
      }
      fake.orders.delete(attempt);
      touch();
      return { accepted: isFirst };
    },
    appendArtifact({ query, body }) {
      const path = query["path"]!;
      const known = fake.artifacts.get(path) ?? { bytes: Buffer.alloc(0), growing: true };
      const offset = Number(query["offset"]);
      if (offset > known.bytes.length) {
        throw new Refused("conflict", "a gap", undefined, { expected: known.bytes.length });
      }
      const fresh = body.subarray(Math.min(body.length, known.bytes.length - offset));
      const bytes = fresh.length === 0 ? known.bytes : Buffer.concat([known.bytes, fresh]);
      const alias = query["alias"];
      fake.artifacts.set(path, {
        bytes,
        growing: query["close"] !== "true",
        ...(alias !== undefined && { alias }),
      });
      return { sizeBytes: bytes.length, durableBytes: bytes.length };
    },
    appendRecords: ({ query, body }) => ({
      offset: takeRecords(fake.streams, query["stream"]!, Number(query["offset"]), body),
      skipped: 0,
    }),
    recordOffset: () => ({
      streams: Object.fromEntries([...fake.streams].map(([name, bytes]) => [name, bytes.length])),
    }),
    linkArtifact({ body }) {
      const { artifacts } = JSON.parse(body.toString()) as { artifacts: { path: string; hash: string }[] };
      const replaced: string[] = [];
      for (const { path, hash } of artifacts) {
        const bytes = blobs.get(hash);
        if (!bytes) throw new Refused("not-found", `no blob ${hash}`);
        const before = fake.artifacts.get(path);
        if (before && !before.bytes.equals(bytes)) replaced.push(path);
        fake.artifacts.set(path, { bytes, growing: false });
      }
      return { linked: artifacts.length, replaced };
    },
    missingBlobs: ({ body }) => ({
      missing: (JSON.parse(body.toString()) as { hashes: string[] }).hashes.filter(
        (hash) => !blobs.has(hash),
      ),
    }),
    putBlobs({ body }) {
      const decoder = createFrameDecoder();
      let parts: Uint8Array[] = [];
      let stored = 0;
      for (const part of decoder.push(body)) {
        if (part.kind === "bytes") parts.push(part.bytes);
        if (part.kind !== "end") continue;
        keep(Buffer.concat(parts));
        parts = [];
        stored += 1;
      }
      decoder.finish();
      return { stored, sizeBytes: body.length };
    },
    putBlob: ({ body }) => ({ hash: keep(body), sizeBytes: body.length }),
    getBlob({ params }) {
      const bytes = blobs.get(params["hash"]!);
      if (!bytes) throw new Refused("not-found", "no such blob");
      return bytes;
    },
    readBlobs({ body }) {
      const { hashes } = JSON.parse(body.toString()) as { hashes: string[] };
      const frames = hashes.flatMap((hash) => {
        const bytes = blobs.get(hash);
        if (!bytes) throw new Refused("not-found", "no such blob");
        return [encodeFrameHeader(hash, bytes.length), bytes];
      });
      return Buffer.concat(frames);
    },
    getAttemptDatastore({ params }) {
      const name = params["datastore"]!;
      const known = fake.datastores.get(name);
      if (!known) throw new Refused("not-found", `the job names no datastore ${name}`);
      const { secrets, ...place } = known;
      const datastore = { isDefault: false, description: "", tags: {}, createdAt: 0, ...place };
      return { datastore: { name, credentialNames: Object.keys(secrets), ...datastore }, secrets };
    },
    getSnapshot({ params }) {
      const manifest = snapshots.get(params["snapshot"]!);
      if (!manifest) throw new Refused("not-found", "no such snapshot");
      return manifest;
    },
  };

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const match = findOperation(incoming);
    const handler = match && handlers[match.id];
    if (!match || !handler) return void outgoing.writeHead(501).end();
    const request = { ...match, body: Buffer.concat(chunks) };
    for (const held of holds) {
      if (held.id !== match.id || !held.isMeant(request)) continue;
      held.reach();
      await held.gate;
    }
    try {
      let result = await handler(request);
      if (fake.repeatEverything && match.id !== "registerAgent" && match.id !== "endAttempt")
        result = await handler(request);
      fake.calls.push(match.id);
      const shape: EndpointShape = contract[match.id];
      outgoing.writeHead(200).end(isRaw(shape.response) ? result : JSON.stringify(result));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const { code, message: title, details } = error;
      outgoing.writeHead(409).end(JSON.stringify({ title, status: 409, code, details }));
    }
    changed();
  }

  const fake: FakeServer = {
    orders: new Map(),
    reports: [],
    ends: [],
    artifacts: new Map(),
    streams: new Map(),
    datastores: new Map(),
    calls: [],
    shouldExit: false,
    repeatEverything: false,
    addSnapshot(files) {
      const manifest: SnapshotManifest = {
        version: 1,
        files: Object.entries(files)
          .map(([path, text]) => ({
            path,
            hash: keep(Buffer.from(text)),
            sizeBytes: Buffer.byteLength(text),
            executable: false,
          }))
          .sort((a, b) => (a.path < b.path ? -1 : 1)),
        emptyDirectories: [],
      };
      const id = createHash("sha256").update(canonicalManifest(manifest)).digest("hex");
      snapshots.set(id, manifest);
      return id;
    },
    place(work, wish = {}) {
      fake.orders.set(work.attempt, {
        attempt: work.attempt,
        go: true,
        stop: null,
        queueReason: "",
        ...wish,
        work,
      });
      touch();
    },
    change(attempt, wish) {
      fake.orders.set(attempt, { ...fake.orders.get(attempt)!, ...wish });
      touch();
    },
    remove(attempt) {
      fake.orders.delete(attempt);
      touch();
    },
    until,
    hold(id, isMeant = () => true) {
      let release = () => {};
      let reach = () => {};
      const gate = new Promise<void>((resolve) => (release = resolve));
      const reached = new Promise<void>((resolve) => (reach = resolve));
      const held = { id, isMeant, gate, reach };
      holds.add(held);
      return {
        reached,
        release() {
          holds.delete(held);
          release();
        },
      };
    },
    async down() {
      http?.closeAllConnections();
      await new Promise((resolve) => (http ? http.close(resolve) : resolve(undefined)));
      http = undefined;
    },
    async up() {
      http = createServer((incoming, outgoing) => {
        // A connection that was cut off on purpose answers nobody.
        answer(incoming, outgoing).catch((error: unknown) => outgoing.destroy(error as Error));
      });
      const server = http;
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      await writeFile(
        join(home, "server.json"),
        JSON.stringify({ url, pid: process.pid, version: "1", home, startedAt: 0 }),
      );
    },
  };
  await fake.up();
  return fake;
}

/** An order for one command; what a test is about goes into `change`. */
export function aWorkOrder(command: string, change: Partial<WorkOrder["spec"]> = {}): WorkOrder {
  const attempt = randomUUID();
  return {
    attempt,
    attemptNumber: 1,
    run: `run-${attempt}`,
    experiment: { id: "exp-1", name: "mnist" },
    workspace: "main",
    prepared: false,
    node: { name: "local-0", index: 0, count: 1 },
    spec: {
      kind: "command",
      dialect: "A",
      experimentName: "mnist",
      tags: {},
      properties: {},
      command: { source: command, parts: [{ text: command }] },
      inputs: {},
      outputs: {},
      environment: {},
      environmentVariables: {},
      compute: { target: "local", instanceCount: 1 },
      ...change,
    },
    jobToken: "job-token",
    jobTokenExpiresAt: 4_000_000_000_000,
  };
}
