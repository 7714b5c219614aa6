import assert from "node:assert/strict";
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { makeTempFolder } from "../../../test/support/temp-folder.ts";
import { removeFolder } from "./remove-folder.ts";

for (const [size, files] of [
  ["small", 3],
  ["large", 500],
] as const) {
  test(`A ${size} folder goes with all that is in it, and nothing that its links lead to`, async () => {
    await using temp = await makeTempFolder();
    const [kept, gone] = [join(temp.path, "kept"), join(temp.path, "gone")];
    for (const folder of [kept, join(gone, "deep", "deeper")]) mkdirSync(folder, { recursive: true });
    writeFileSync(join(kept, "file"), "");
    symlinkSync(kept, join(gone, "link"));
    for (let file = 0; file < files; file++) writeFileSync(join(gone, "deep", String(file)), "");

    await removeFolder(gone);

    assert.ok(!existsSync(gone));
    assert.ok(existsSync(join(kept, "file")));
  });
}

test("A folder that is not there is no harm", async () => {
  await using temp = await makeTempFolder();

  await removeFolder(join(temp.path, "nothing"));
});
