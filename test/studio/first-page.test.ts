// How much script the first page loads, as it was built.
import assert from "node:assert/strict";
import { it } from "node:test";
import { isStudioBuilt, measureFirstScript } from "../support/studio-script.ts";

const most = 200_000;

it("The jobs page loads under 200 KB of script, gzipped", (t) => {
  if (!isStudioBuilt()) return t.skip("Studio is not built");
  const { files, gzippedBytes } = measureFirstScript();
  t.diagnostic(`${Math.round(gzippedBytes / 1000)} KB in ${files} files`);
  assert.ok(gzippedBytes < most, `${gzippedBytes} bytes`);
});
