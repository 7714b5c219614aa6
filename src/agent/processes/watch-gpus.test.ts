import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { it } from "node:test";

// In a process group of its own: what this is about ends a whole group.
it("signals nobody when it stops where there is no nvidia-smi", async () => {
  const program = `
    import { watchGpus } from ${JSON.stringify(import.meta.resolve("./watch-gpus.ts"))};
    for (let i = 0; i < 20; i++) {
      const watch = watchGpus({ PATH: "/nowhere" }, 1000);
      if (i % 2 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      watch.stop();
    }
  `;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    detached: true,
    stdio: ["ignore", "ignore", "inherit"],
  });

  assert.deepEqual(await once(child, "close"), [0, null]);
});
