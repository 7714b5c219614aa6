// Writes the files that are made from the code, or with --check says which of them are out of date.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeApi } from "../src/api/openapi.ts";
import { version } from "../src/server/version.ts";
import { schemaFile, schemas, schemaText } from "../src/spec/schemas/schemas.ts";

const root = join(import.meta.dirname, "..");

const generated: Record<string, () => string> = {
  "docs/openapi.json": () => `${JSON.stringify(describeApi(version), null, 2)}\n`,
  ...Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [
      join("schemas", schemaFile(name)),
      () => schemaText(schema),
    ]),
  ),
};

mkdirSync(join(root, "schemas"), { recursive: true });

for (const [file, make] of Object.entries(generated)) {
  const path = join(root, file);
  const text = make();
  if (!process.argv.includes("--check")) writeFileSync(path, text);
  else if (readIfThere(path) !== text) {
    console.error(`${file} is out of date: run node scripts/generate.ts`);
    process.exitCode = 1;
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
