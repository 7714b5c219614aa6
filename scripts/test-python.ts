// Runs the Python client's tests by every Python from 3.8 on that this machine has.
import { execFileSync, spawn } from "node:child_process";
import { readdirSync, realpathSync } from "node:fs";
import { delimiter, join } from "node:path";
import { addTally, emptyTally } from "./test-tally.ts";
import type { Tally } from "./test-tally.ts";

interface Python {
  path: string;
  version: string;
}

export async function runPythonTests(root: string): Promise<Tally> {
  const tally = emptyTally();
  const pythons = findPythons();
  if (pythons.length === 0) {
    const reason = "there is no Python of version 3.8 or later on PATH";
    if (isRequired()) tally.failed.push({ name: "python", detail: reason });
    else tally.skipped.push({ name: "python", reason });
  }
  for (const python of pythons) addTally(tally, await runOne(python, root));
  return tally;
}

const isRequired = () => (process.env["TRAINYARD_TEST_REQUIRE"] ?? "").split(",").includes("python");

function findPythons(): Python[] {
  const found = new Map<string, Python>();
  for (const folder of (process.env["PATH"] ?? "").split(delimiter).filter(Boolean)) {
    for (const name of namesIn(folder).filter((entry) => /^python3(\.\d+)?$/.test(entry))) {
      const path = join(folder, name);
      const version = versionOf(path);
      if (version !== undefined && !found.has(version))
        found.set(version, { path: realpathSync(path), version });
    }
  }
  return [...found.values()];
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function versionOf(path: string): string | undefined {
  try {
    const print = "import sys; print('%d.%d' % sys.version_info[:2])";
    const version = execFileSync(path, ["-c", print], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
    return Number(version.split(".")[1]) >= 8 ? version : undefined;
  } catch {
    return undefined;
  }
}

async function runOne({ path, version }: Python, root: string): Promise<Tally> {
  const child = spawn(
    path,
    ["-m", "unittest", "discover", "--verbose", "--start-directory", "python/tests"],
    {
      cwd: root,
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1", PYTHONIOENCODING: "utf-8" },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (chunk: string) => (text += chunk));
  }
  const began = performance.now();
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const tally = readUnittest(text, `python ${version}`, code);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const mark = tally.failed.length > 0 ? "✗" : "✓";
  console.log(`  ${mark} Python ${version}: ${tally.passed} passed (${seconds} s)`);
  return tally;
}

/** Reads what `unittest --verbose` prints. */
export function readUnittest(text: string, name: string, exitCode: number | null): Tally {
  const tally = emptyTally();
  const ran = Number(/^Ran (\d+) tests?/m.exec(text)?.[1] ?? 0);
  for (const [, test, reason] of text.matchAll(/^(\w+) \(.*\)(?:\n.*)? \.\.\. skipped ['"](.*)['"]$/gm)) {
    tally.skipped.push({ name: `${name} › ${test}`, reason: reason ?? "" });
  }
  for (const report of text.split(/^={70}\n/m).slice(1)) {
    const [title = "", detail = ""] = report.split(/^-{70}\n/m);
    tally.failed.push({ name: `${name} › ${title.trim()}`, detail: detail.trim() });
  }
  tally.passed = Math.max(0, ran - tally.failed.length - tally.skipped.length);
  // Also a crash of the interpreter, or no test found, must show.
  if (tally.failed.length === 0 && (exitCode !== 0 || ran === 0)) {
    tally.failed.push({ name, detail: `ended with exit code ${exitCode}\n${text.slice(-4000)}` });
  }
  return tally;
}
