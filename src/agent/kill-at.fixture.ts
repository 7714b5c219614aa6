// Loaded before an agent in tests: kills it, without a chance to react, at its n-th step that others could notice.
import childProcess from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import { syncBuiltinESMExports } from "node:module";

let left = Number(new URL(import.meta.url).searchParams.get("step"));

function step(): void {
  left -= 1;
  if (left === 0) process.kill(process.pid, "SIGKILL");
}

function before<T extends object>(owner: T, names: readonly (keyof T)[]): void {
  for (const name of names) {
    const original = owner[name] as (...args: unknown[]) => unknown;
    owner[name] = function (this: unknown, ...args: unknown[]) {
      step();
      return original.apply(this, args);
    } as T[keyof T];
  }
}

before(fs.promises, ["rename", "mkdir", "rm", "copyFile"]);
before(fs, ["renameSync", "mkdirSync", "rmSync", "appendFileSync", "fsync"]);
before(childProcess, ["spawn"]);
before(http, ["request"]);
syncBuiltinESMExports();
