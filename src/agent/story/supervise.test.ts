// What a process's file tells whoever waits for its end.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { makeTempFolder } from "../../../test/support/temp-folder.ts";
import { systemClock } from "../../lib/clock.ts";
import { waitForEnd } from "./supervise.ts";

const never = new AbortController().signal;

for (const [what, script, code] of [
  ["its exit code is the attempt's", 'read line; echo "exit 3" >> "$1"', 3],
  ["nobody knows how it ended when it was killed", "read line; kill -9 $$", undefined],
] as const) {
  test(`Of two wrappers the one that an earlier agent started runs the command, and ${what}`, async () => {
    await using folder = await makeTempFolder();
    const file = join(folder.path, "main");
    const quicker = spawn("/bin/sh", ["-c", script, "sh", file], { stdio: ["pipe", "ignore", "ignore"] });
    writeFileSync(file, `${quicker.pid}\n`);
    const own = spawn("/bin/sh", ["-c", "exit 0"]);
    const ended = once(own, "exit").then(() => ({ code: 0 }));
    const one = { name: "main", isService: false, file, pid: own.pid, ended, isOwnChild: true };

    const end = waitForEnd(one, { clock: systemClock }, never);
    await ended;
    quicker.stdin.end("go\n");

    assert.equal((await end).code, code);
  });
}
