// This machine: one agent process that carries everything placed on the machine's logical nodes.
import { spawn } from "node:child_process";
import { mkdir, open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { agentLayout, homeLayout } from "../../core/home.ts";
import type { AgentFile } from "../../core/home.ts";
import type { Clock } from "../../lib/clock.ts";
import { leanNodeFlags } from "../../lib/lean-node.ts";
import type { Machine } from "../../core/machine.ts";
import type { Engine, Placement } from "../engine.ts";
import { findMachine } from "./machine.ts";
import { isSameProcess } from "./processes.ts";

export interface LocalEngineOptions {
  home: string;
  /** The agent's program: the file that Node runs. */
  agentProgram: string;
  tokenFor: (agent: string) => string;
  environment: NodeJS.ProcessEnv;
  clock: Clock;
}

/** An agent that cannot start is tried again after a pause that doubles, up to this. */
const longestPauseMs = 30_000;

/** An agent asks for orders every ten seconds, unless it hangs or was stopped (SIGSTOP). */
const patienceMs = 30_000;
/** Between two looks nobody may have been able to speak: the machine slept, or this process did. */
const longestStepMs = 2000;

interface Silence {
  heard: number;
  lookedAt: number;
  silentMs: number;
  /** Doubles with each replacement, so that a machine which is only slow comes to rest. */
  patienceMs: number;
}

interface Failure {
  count: number;
  nextTryAt: number;
  message: string;
}

export class LocalEngine implements Engine {
  readonly name = "local";
  readonly can = {
    queues: false,
    growsFromZero: true,
    manyNodes: true,
    gpus: true,
    preparesBeforePlacement: true,
  } as const;
  readonly #options: LocalEngineOptions;
  /** Agents that this process has started and that have not exited: they may not have written their file yet. */
  readonly #started = new Map<string, { pid?: number | undefined }>();
  readonly #silences = new Map<string, Silence>();
  #machine: Promise<Machine> | undefined;
  readonly #failures = new Map<string, Failure>();

  constructor(options: LocalEngineOptions) {
    this.#options = options;
  }

  async place(placement: Placement): Promise<void> {
    if ((await this.look(placement.agent)) === "alive") {
      if (this.#isSilent(placement)) await this.#killSilent(placement.agent);
      return;
    }
    const failure = this.#failures.get(placement.agent);
    if (failure && this.#options.clock.elapsed() < failure.nextTryAt) throw new Error(failure.message);
    await this.#start(placement.agent);
  }

  async look(agent: string): Promise<"alive" | "gone"> {
    if (this.#started.has(agent)) return "alive";
    const file = await this.#readAgentFile(agent);
    return file && (await isSameProcess(file.pid, file.pidStart)) ? "alive" : "gone";
  }

  machine(): Promise<Machine> {
    this.#machine ??= findMachine(this.#options.environment);
    return this.#machine;
  }

  async stop(agent: string): Promise<void> {
    const file = await this.#readAgentFile(agent);
    if (file && (await isSameProcess(file.pid, file.pidStart))) process.kill(file.pid, "SIGTERM");
  }

  #isSilent({ agent, heard }: Placement): boolean {
    if (heard === undefined) return false;
    const now = this.#options.clock.elapsed();
    const known = this.#silences.get(agent);
    if (known?.heard !== heard) {
      this.#silences.set(agent, { heard, lookedAt: now, silentMs: 0, patienceMs });
      return false;
    }
    known.silentMs += Math.min(longestStepMs, now - known.lookedAt);
    known.lookedAt = now;
    return known.silentMs >= known.patienceMs;
  }

  /** What it carries goes on without it, and the next one picks that up. */
  async #killSilent(agent: string): Promise<void> {
    const silence = this.#silences.get(agent)!;
    const seconds = Math.round(silence.silentMs / 1000);
    Object.assign(silence, { silentMs: 0, patienceMs: 2 * silence.patienceMs });
    const file = await this.#readAgentFile(agent);
    const isFile = file && (await isSameProcess(file.pid, file.pidStart));
    const pid = isFile ? file.pid : this.#started.get(agent)?.pid;
    if (pid !== undefined) process.kill(pid, "SIGKILL");
    throw new Error(`the agent has not been heard of for ${seconds} seconds; another one takes its place`);
  }

  async #start(agent: string): Promise<void> {
    if (this.#started.has(agent)) return;
    const started: { pid?: number | undefined } = {};
    this.#started.set(agent, started);
    const forget = () => this.#started.delete(agent);
    try {
      const folder = this.#folderOf(agent);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFile(join(folder, agentLayout.tokenFile), this.#options.tokenFor(agent), { mode: 0o600 });
      const log = await open(join(folder, agentLayout.log), "a", 0o600);
      const child = spawn(
        process.execPath,
        [...leanNodeFlags, this.#options.agentProgram, "--home", this.#options.home, "--name", agent],
        { detached: true, stdio: ["ignore", log.fd, log.fd], env: this.#options.environment, cwd: folder },
      );
      started.pid = child.pid;
      child.once("exit", (code) => {
        this.#noteExit(agent, code);
        forget();
      });
      child.once("error", forget);
      child.unref();
      await log.close();
    } catch (error) {
      forget();
      throw error;
    }
  }

  /** An agent that says it cannot go on would say so again at once; one that was killed starts again at once. */
  #noteExit(agent: string, code: number | null): void {
    if (code === 0 || code === null) {
      this.#failures.delete(agent);
      return;
    }
    const count = (this.#failures.get(agent)?.count ?? 0) + 1;
    const log = join(this.#folderOf(agent), agentLayout.log);
    this.#failures.set(agent, {
      count,
      nextTryAt: this.#options.clock.elapsed() + Math.min(longestPauseMs, 500 * 2 ** count),
      message: `the agent ends at once with exit code ${code}, try ${count}; ${log} says why`,
    });
  }

  #folderOf(agent: string): string {
    return join(this.#options.home, homeLayout.agents, agent);
  }

  async #readAgentFile(agent: string): Promise<AgentFile | undefined> {
    try {
      return JSON.parse(
        await readFile(join(this.#folderOf(agent), agentLayout.processFile), "utf8"),
      ) as AgentFile;
    } catch {
      return undefined;
    }
  }
}
