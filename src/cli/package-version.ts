// The version of this package, as its package.json says.
import { readFileSync } from "node:fs";

let known: string | undefined;

export function packageVersion(): string {
  known ??= readVersion();
  return known;
}

function readVersion(): string {
  const parsed: unknown = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  const isPackage = typeof parsed === "object" && parsed !== null && "version" in parsed;
  return isPackage && typeof parsed.version === "string" ? parsed.version : "unknown";
}
