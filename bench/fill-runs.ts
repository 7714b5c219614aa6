// Fills the database of a home with made-up runs: params, metrics with short curves, tags, some of them jobs' children.
// `node bench/fill-runs.ts <home> <runs>`, while no server runs on it; the home must have been used once.
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createRandom } from "../test/support/random.ts";

const experiments = ["resnet-imagenet", "bert-finetune", "churn-model", "llm-pretrain", "diffusion-small"];
const words = [
  "amber",
  "brisk",
  "calm",
  "dusty",
  "early",
  "fuzzy",
  "gentle",
  "hidden",
  "icy",
  "jolly",
  "keen",
];
const nouns = ["falcon", "harbor", "island", "juniper", "kettle", "lantern", "meadow", "nimbus", "orchard"];
const pointsOfRun = 30;

export function fillRuns(home: string, runs: number, seed = 1): void {
  const db = new DatabaseSync(join(home, "trainyard.db"));
  const dice = createRandom(seed);
  const random = () => dice.below(1 << 30) / (1 << 30);
  const now = Date.now();
  db.exec("pragma synchronous = off; begin");
  const first = Number(db.prepare("select coalesce(max(seq), 0) as seq from runs").get()!["seq"]) + 1;
  const firstExperiment =
    Number(db.prepare("select coalesce(max(number), 0) as number from experiments").get()!["number"]) + 1;
  const experiment = db.prepare(
    "insert into experiments (id, name, number, created_at, updated_at) values (?, ?, ?, ?, ?)",
  );
  for (const [index, name] of experiments.entries()) {
    experiment.run(String(firstExperiment + index), name, firstExperiment + index, now, now);
  }
  const run = db.prepare(
    `insert into runs (seq, id, experiment_id, number, display_name, description, state, created_by, created_at, started_at, ended_at)
     values (?, ?, ?, ?, ?, '', ?, ?, ?, ?, ?)`,
  );
  const label = db.prepare("insert into labels (run_id, kind, key, value) values (?, ?, ?, ?)");
  const series = db.prepare(
    `insert into metric_series (run_seq, name, kind, count, last, min, max, last_step, updated_at, last_at, latest)
     values (?, ?, 'scalar', ?, ?, ?, ?, ?, ?, ?, '{}') returning id`,
  );
  const point = db.prepare("insert into metric_points (series, idx, value, step, at) values (?, ?, ?, ?, ?)");
  for (let index = 0; index < runs; index++) {
    const seq = first + index;
    const id = `filled-${seq}`;
    const begin = now - (runs - index) * 60_000;
    const lengthMs = 20_000 + Math.floor(random() ** 3 * 20_000_000);
    const draw = random();
    const state = draw < 0.82 ? "Completed" : draw < 0.93 ? "Failed" : "Canceled";
    const owner = firstExperiment + dice.below(experiments.length);
    run.run(
      seq,
      id,
      String(owner),
      index + 1,
      `${dice.pick(words)}-${dice.pick(nouns)}-${seq % 1000}`,
      state,
      dice.pick(["ada", "grace", "linus", "barbara"]),
      begin,
      begin + 900,
      begin + 900 + lengthMs,
    );
    const rate = 10 ** (-4 + random() * 3);
    label.run(id, "param", "learning_rate", rate.toPrecision(3));
    label.run(id, "param", "batch_size", String(dice.pick([16, 32, 64, 128])));
    label.run(id, "param", "optimizer", dice.pick(["adam", "sgd", "lamb"]));
    label.run(id, "tag", "team", dice.pick(["vision", "language", "growth"]));
    const floor = 0.1 + random() * 0.5;
    const losses = Array.from(
      { length: pointsOfRun },
      (_, step) => floor + 2 * Math.exp(-step / (3 + random())) + (random() - 0.5) * 0.08,
    );
    const metric = (name: string, values: readonly number[]) => {
      const last = values.at(-1)!;
      const low = Math.min(...values);
      const high = Math.max(...values);
      const end = begin + lengthMs;
      const made = series.get(seq, name, values.length, last, low, high, values.length - 1, end, end)!;
      for (const [step, value] of values.entries()) point.run(made["id"]!, step, value, step, begin + step);
    };
    metric("loss", losses);
    metric("accuracy", [1 - floor + (random() - 0.5) * 0.05]);
    metric("val_loss", [floor * (1 + random() * 0.3)]);
  }
  db.exec("commit; analyze");
  db.close();
}

if (import.meta.main) {
  const [home, runs] = process.argv.slice(2);
  if (home === undefined || !Number.isInteger(Number(runs))) {
    console.error("usage: node bench/fill-runs.ts <home> <runs>");
    process.exit(2);
  }
  fillRuns(home, Number(runs));
}
