// Compiles the release into dist/, because Node strips no types from packages below node_modules, and tries it once.
import { execFileSync } from "node:child_process";
import { cpSync, globSync, rmSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
process.chdir(root);

rmSync("dist", { recursive: true, force: true });
execFileSync(join("node_modules", ".bin", "tsc"), ["-p", "tsconfig.release.json"], { stdio: "inherit" });
for (const file of globSync("src/**/*", { withFileTypes: true })) {
  if (!file.isFile() || file.name.endsWith(".ts")) continue;
  const from = join(file.parentPath, file.name);
  cpSync(from, join("dist", from.slice("src/".length)));
}
const said = execFileSync(process.execPath, [join("dist", "cli", "main.js"), "--version"], {
  encoding: "utf8",
});
// What `import "trainyard"` gives to others, by the package's own exports.
const given = execFileSync(
  process.execPath,
  ["-p", 'import("trainyard").then((all) => console.log(Object.keys(all).join(" ")))'],
  {
    encoding: "utf8",
  },
);
if (!given.includes("connectToServer")) throw new Error(`the package gives no connectToServer: ${given}`);
console.log(`dist/ holds trainyard ${said.trim()}`);
