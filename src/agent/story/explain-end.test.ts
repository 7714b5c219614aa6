import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { TestContext } from "node:test";
import { exceptionLine, explainEnd, pickTraceback } from "./explain-end.ts";
import type { EndEvidence } from "./explain-end.ts";
import type { ProcessEnd } from "./supervise.ts";

const traceback = [
  "epoch 1",
  "Traceback (most recent call last):",
  '  File "train.py", line 3, in <module>',
  "    main()",
  "torch.cuda.OutOfMemoryError: CUDA out of memory.",
];
const evidence = (change: Partial<EndEvidence> = {}): EndEvidence => ({
  logFiles: {},
  sawOomKill: false,
  timeoutSeconds: undefined,
  ...change,
});
const ended = (code: number | undefined, name = "main", at = 1) => ({ name, code, at });

async function logOf(t: TestContext, text: string): Promise<Record<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), "explain-"));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "log"), text);
  return { main: join(folder, "log") };
}

describe("why an attempt ended", () => {
  it("is the exception when the log ends in one, also one that Python tells without a traceback", () => {
    assert.equal(exceptionLine(traceback), "torch.cuda.OutOfMemoryError: CUDA out of memory.");
    assert.equal(
      exceptionLine([
        '  File "train.py", line 1',
        "    print(",
        "         ^",
        "SyntaxError: '(' was never closed",
      ]),
      "SyntaxError: '(' was never closed",
    );
    assert.equal(exceptionLine(["KeyError was not the problem"]), undefined);
  });

  it("is the last of chained exceptions", () => {
    const chained = [
      "Traceback (most recent call last):",
      "KeyError: 'a'",
      "",
      "During handling of the above exception, another exception occurred:",
      "",
      "Traceback (most recent call last):",
      '  File "x.py", line 4, in <module>',
      "RuntimeError",
    ];

    assert.equal(exceptionLine(chained), "RuntimeError");
    assert.equal(pickTraceback(chained), chained.slice(5).join("\n"));
  });

  it("comes with the last lines of the log, 40 at most", async (t) => {
    const logFiles = await logOf(t, Array.from({ length: 100 }, (_, index) => `line ${index}\n`).join(""));

    const end = await explainEnd({ processes: [ended(2)], stop: undefined }, evidence({ logFiles }));

    const lines = end.traceback?.split("\n") ?? [];
    assert.deepEqual([lines.length, lines[0], lines.at(-1)], [40, "line 60", "line 99"]);
  });

  it("is the kernel's want of memory when it killed something and the process died of SIGKILL", async () => {
    const supervised = { processes: [ended(137)], stop: undefined };

    assert.equal((await explainEnd(supervised, evidence({ sawOomKill: true }))).reason, "out-of-memory");
    assert.equal((await explainEnd(supervised, evidence())).reason, "killed-by-signal");
  });

  it("is an exit code when that is no signal's", async () => {
    const end = await explainEnd({ processes: [ended(255)], stop: undefined }, evidence());

    assert.deepEqual([end.reason, end.message], ["exited-nonzero", "process exited with code 255"]);
  });

  it("is the first of several processes to fail, not those that it took along", async () => {
    const processes = [ended(1, "rank_0", 30), ended(9, "rank_1", 20), ended(0, "rank_2", 10)];

    const end = await explainEnd({ processes, stop: undefined }, evidence());

    assert.equal(end.exitCode, 9);
  });

  it("is what stopped it, whatever the code it left with", async () => {
    const supervised = { processes: [ended(0)], stop: "time-limit" as const };

    const end = await explainEnd(supervised, evidence({ timeoutSeconds: 60 }));

    assert.deepEqual(
      [end.reason, end.exitCode, end.message],
      ["time-limit", 0, "ended at its time limit of 60 seconds"],
    );
  });

  it("is, under mpirun, the rank or daemon without a record that mpirun names, or that alone was not told to end", async (t) => {
    const mpirun = ended(137, "mpirun", 9);
    const explain = async (text: string, processes: ProcessEnd[], vanished: string[]) => {
      const { main: log = "" } = await logOf(t, text);
      const nodes = { mpirun: "n-0", rank_0: "n-0", rank_1: "n-0", rank_2: "n-1", rank_3: "n-1" };
      const more = { logFiles: { mpirun: log }, nodes, nodeNames: ["n-0", "n-1"] };
      const end = await explainEnd(
        { processes: [mpirun, ...processes], stop: undefined, vanished },
        evidence(more),
      );
      return [end.reason, end.message];
    };
    const named =
      "mpirun noticed that process rank 2 with PID 77 on node trainyard-node-1 exited on signal 9 (Killed).\n";
    const told = [ended(143, "rank_0", 5), ended(143, "rank_1", 5)];

    assert.deepEqual(await explain(named, told, ["rank_2", "rank_3"]), [
      "process-vanished",
      "rank_2 on n-1 failed first: mpirun saw it end by signal 9 (Killed)",
    ]);
    assert.deepEqual(await explain(named, [ended(3, "rank_2", 2)], []), [
      "exited-nonzero",
      "rank_2 on n-1 failed first: process exited with code 3",
    ]);
    assert.deepEqual(await explain("  Remote daemon: [[30712,0],2] on node trainyard-node-1\n", told, []), [
      "process-vanished",
      "orted on n-1 failed first: mpirun lost its daemon there",
    ]);
    assert.deepEqual(await explain("some trouble\n", told, ["rank_2", "rank_3"]), [
      "process-vanished",
      "rank_2 on n-1 failed first: it was killed together with the shell above it, and so was rank_3",
    ]);
    assert.deepEqual(await explain("some trouble\n", [ended(3, "rank_1", 2)], ["rank_2"]), [
      "exited-nonzero",
      "rank_1 on n-0 failed first: process exited with code 3",
    ]);
  });
});
