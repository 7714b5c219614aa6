import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { TestContext } from "node:test";
import { exceptionLine, explainEnd, pickTraceback } from "./explain-end.ts";
import type { EndEvidence } from "./explain-end.ts";

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
});
