// Metric points through the server's HTTP interface into durable storage, as the agent sends them.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Client } from "../src/api/client.ts";
import { alternate, timed } from "./benchmark.ts";
import type { Benchmark } from "./benchmark.ts";
import { openHouse, root } from "./house.ts";

const points = 200_000;
const batch = 5000;
const names = ["loss", "accuracy", "rate", "norm"];
const rounds = 5;

export const ingest: Benchmark = {
  name: "ingest",
  about: `${points.toLocaleString("en")} points of ${names.length} metrics, sent over HTTP in requests of ${batch.toLocaleString("en")}, each durable when it is answered; against the same rows put straight into SQLite (same settings, one durable transaction a batch, no HTTP, no JSON)`,
  async run() {
    await using house = openHouse();
    await house.run(
      "job",
      "create",
      "--file",
      join(root, "examples", "hello", "job.yml"),
      "--name",
      "ingest",
    );
    await house.waitFor("ingest");
    const client = house.client();
    const perSecond = (ms: number) => points / (ms / 1000);
    const times = await alternate(
      rounds,
      async (round) => perSecond(await timed(() => send(client, `bench-${round}`))),
      async () => perSecond(await timePlain()),
    );
    return [
      {
        what: "points stored",
        unit: "per second",
        ours: times.ours,
        peer: { name: "node:sqlite alone", samples: times.peer },
        target: { least: 100_000 },
      },
    ];
  },
};

async function send(client: Client, stream: string): Promise<void> {
  let offset = 0;
  for (let first = 0; first < points; first += batch) {
    const body = Buffer.from(linesFrom(first));
    const answer = await client.appendRecords({ params: { run: "ingest" }, query: { stream, offset }, body });
    if (answer.skipped > 0) throw new Error(`the server skipped ${answer.skipped} records`);
    offset = answer.offset;
  }
}

function linesFrom(first: number): string {
  let text = "";
  for (let index = first; index < first + batch; index++) {
    text += `{"t":"m","n":"${names[index % names.length]}","v":${1 / (index + 1)},"s":${index},"at":1767225600000}\n`;
  }
  return text;
}

async function timePlain(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "trainyard-bench-sqlite-"));
  const database = new DatabaseSync(join(folder, "plain.db"));
  database.exec("pragma journal_mode = wal; pragma synchronous = full");
  database.exec(
    "create table points (series integer, idx integer, value real, step real, at integer, primary key (series, idx)) strict, without rowid",
  );
  const insert = database.prepare("insert into points values (?, ?, ?, ?, ?)");
  const ms = await timed(async () => {
    for (let first = 0; first < points; first += batch) {
      database.exec("begin");
      for (let index = first; index < first + batch; index++) {
        insert.run(index % names.length, index, 1 / (index + 1), index, 1_767_225_600_000);
      }
      database.exec("commit");
    }
  });
  database.close();
  rmSync(folder, { recursive: true, force: true });
  return ms;
}
