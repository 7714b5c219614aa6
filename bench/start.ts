// How soon a server answers, and what it holds while it idles.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { get } from "node:http";
import { systemClock } from "../src/lib/clock.ts";
import { alternate, timed } from "./benchmark.ts";
import type { Benchmark } from "./benchmark.ts";
import { openHouse, trainyard } from "./house.ts";
import { memoryOf, runProgram } from "./processes.ts";

const idleMs = 3000;

export const start: Benchmark = {
  name: "start",
  about:
    "`trainyard server start` in a new home until it returns, which is when the server answers; against `python3 -m http.server` until it answers. Then the server's resident memory after three idle seconds",
  async run() {
    const idle: number[] = [];
    const times = await alternate(
      5,
      async () => {
        await using house = openHouse();
        const ms = await timed(() => house.run("server", "start"));
        await systemClock.sleep(idleMs);
        idle.push(memoryOf(house.serverPid(), "VmRSS"));
        return ms;
      },
      timePlainServer,
    );
    return [
      {
        what: "from the command to a server that answers",
        unit: "ms",
        ours: times.ours,
        peer: { name: "python3 -m http.server", samples: times.peer },
        target: { most: 500 },
      },
      { what: "resident memory, idle", unit: "MB", ours: idle, target: { most: 120 } },
    ];
  },
};

export const version: Benchmark = {
  name: "version",
  about: "`trainyard --version`, against the cheapest program of the same runtime, `node -e 0`",
  async run() {
    const times = await alternate(
      20,
      () => timed(() => runProgram(trainyard, ["--version"])),
      () => timed(() => runProgram(process.execPath, ["-e", "0"])),
    );
    return [
      {
        what: "from the command to its end",
        unit: "ms",
        ours: times.ours,
        peer: { name: "node -e 0", samples: times.peer },
        target: { mostRatio: 2 },
      },
    ];
  },
};

async function timePlainServer(round: number): Promise<number> {
  const port = 17_900 + round;
  const server = spawn("python3", ["-m", "http.server", String(port), "--bind", "127.0.0.1"], {
    stdio: "ignore",
  });
  const ms = await timed(async () => {
    while (!(await answers(port))) await systemClock.sleep(2);
  });
  const ended = once(server, "exit");
  server.kill();
  await ended;
  return ms;
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    get({ port, host: "127.0.0.1", path: "/LICENSE" }, (response) => {
      response.resume();
      response.on("end", () => resolve(true));
    }).on("error", () => resolve(false));
  });
