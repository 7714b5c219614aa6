import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { makeTempFolder } from "../../../test/support/temp-folder.ts";
import { systemClock } from "../../lib/clock.ts";
import { CommandFailed } from "../fail.ts";
import { findServer } from "./find-server.ts";
import { ensureServer } from "./start-server.ts";

test("a home that is no folder has no server, and starting one says what is wrong with it and what to do", async () => {
  await using folder = await makeTempFolder();
  const home = join(folder.path, "file");
  await writeFile(home, "");

  assert.deepEqual(await findServer(home), { state: "absent" });
  await assert.rejects(
    ensureServer({ home, clock: systemClock }),
    (error) =>
      error instanceof CommandFailed &&
      error.message.includes(home) &&
      /TRAINYARD_HOME/.test(String(error.hint)),
  );
});
