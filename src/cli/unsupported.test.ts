// Words of Azure's command line that nothing here answers.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { commands } from "./commands.ts";
import { CommandFailed } from "./fail.ts";
import { refuseUnsupported } from "./unsupported.ts";

describe("refuseUnsupported", () => {
  it("says why, and what to do instead", () => {
    assert.throws(
      () => refuseUnsupported(["online-endpoint", "create", "-f", "endpoint.yml"]),
      (error: unknown) =>
        error instanceof CommandFailed &&
        error.message.startsWith("online-endpoint is not supported") &&
        error.hint?.includes("model download") === true,
    );
    assert.throws(() => refuseUnsupported(["az", "storage", "blob", "upload-batch"]), /az storage manages/);
  });

  it("compares whole words", () => {
    refuseUnsupported(["compute", "show", "-n", "stop"]);
    refuseUnsupported(["runs"]);
    refuseUnsupported(["az", "account", "show"]);
    refuseUnsupported([]);
  });

  it("refuses no command that there is", () => {
    for (const { words } of commands) refuseUnsupported(words.split(" "));
  });
});
