// Runs before every npm script, on any Node from 20 on: installs what package-lock.json names and node_modules lacks,
// and with --studio builds the web interface when its sources have changed.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const packagedNode = `${root}node_modules/node/bin/node`;

const state = installedState();
if (state !== "whole") {
  install(state);
  if (process.argv.includes("--python")) checkPython();
}

if (process.argv.includes("--studio")) buildStudio();

/** A release holds it already built, and no sources. */
function buildStudio() {
  if (!existsSync(`${root}studio/src`)) return;
  const stamp = `${root}dist-studio/sources.sha256`;
  const sources = hashOf([`${root}studio`, `${root}package-lock.json`]);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === sources) return;
  process.stderr.write("Building Studio (after each change of it) …");
  const began = Date.now();
  const vite = join(root, "node_modules", "vite", "bin", "vite.js");
  const built = spawnSync(packagedNode, [vite, "build", "--logLevel", "error"], {
    cwd: `${root}studio`,
    encoding: "utf8",
  });
  if (built.status !== 0) {
    process.stderr.write(
      ` failed.\n${built.stdout}${built.stderr}\nThe server shows a plain page instead.\n`,
    );
    return;
  }
  writeFileSync(stamp, sources);
  process.stderr.write(` done in ${Math.round((Date.now() - began) / 1000)} s.\n`);
}

function hashOf(paths) {
  const hash = createHash("sha256");
  for (const path of paths) {
    const files = path.endsWith(".json")
      ? [path]
      : readdirSync(path, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile() && !entry.parentPath.includes("node_modules"))
          .map((entry) => join(entry.parentPath, entry.name))
          // Written by the build itself.
          .filter((file) => !file.endsWith(".gen.ts"))
          .sort();
    for (const file of files) hash.update(file.slice(root.length)).update(readFileSync(file));
  }
  return hash.digest("hex");
}

/** Compares names and versions instead of times, which a clone or a copy makes meaningless. */
function installedState() {
  const installed = packagesOf(`${root}node_modules/.package-lock.json`);
  if (!installed) return "missing";
  if (!existsSync(packagedNode)) return "older";
  const wanted = packagesOf(`${root}package-lock.json`) ?? {};
  for (const [path, { version, optional }] of Object.entries(wanted)) {
    if (path === "") continue;
    const found = installed[path];
    // An optional one that is absent is for another system.
    if (found ? found.version !== version : !optional) return "older";
  }
  return "whole";
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch {
    return undefined;
  }
}

function install(why) {
  const began = Date.now();
  process.stderr.write(
    why === "missing" ? "Installing dependencies (once) …" : "Bringing the dependencies up to date …",
  );
  // `ci` empties node_modules first, which a running server in this checkout would not survive.
  const arguments_ = [why === "missing" ? "ci" : "install", "--no-audit", "--no-fund", "--loglevel=error"];
  const { status, stdout, stderr, error } = spawnSync("npm", arguments_, {
    cwd: root,
    encoding: "utf8",
    // Options of the surrounding npm command, such as its --silent, are not meant for this one.
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => name !== "npm_config_loglevel")),
  });
  if (status !== 0) {
    process.stderr.write(" failed.\n");
    process.stderr.write(error ? `${error.message}\n` : `${stdout}${stderr}`);
    process.stderr.write(
      `\`npm ${arguments_.join(" ")}\` in ${root} must succeed first. Is the package registry reachable?\n`,
    );
    process.exit(1);
  }
  process.stderr.write(` done in ${Math.round((Date.now() - began) / 1000)} s.\n`);
  if (existsSync(packagedNode)) return;
  process.stderr.write(
    "The package `node` brought no program: its install script did not run. Allow it and try again: npm rebuild node --ignore-scripts=false\n",
  );
  process.exit(1);
}

/** Jobs are Python programs as a rule. Told once, when there is something to install anyway: it costs a tenth of a second. */
function checkPython() {
  const problem = pythonProblem();
  if (problem) process.stderr.write(`note: ${problem}\n`);
}

function pythonProblem() {
  const ask = (program, ...rest) => {
    try {
      return execFileSync(program, rest, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    } catch {
      return undefined;
    }
  };
  if (ask("uv", "--version")) return undefined;
  const version = ask("python3", "-c", "import sys; print('%d.%d' % sys.version_info[:2])")?.trim();
  const need = "Jobs with packages of their own need Python 3.9 or later with its venv module (or uv)";
  const remedy = "On Debian and Ubuntu: apt-get install python3 python3-venv";
  if (!version) return `no python3 was found. ${need}. ${remedy}`;
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major < 3 || (major === 3 && minor < 9)) return `python3 is version ${version}. ${need}. ${remedy}`;
  if (ask("python3", "-c", "import venv, ensurepip") === undefined) {
    return `python3 is version ${version}, but without its venv module. ${need}. ${remedy}`;
  }
  return undefined;
}
