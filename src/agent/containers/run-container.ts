// The life of a container: made, started, waited for, told to end, taken away; and one that runs a script to its end.
import type { IncomingMessage } from "node:http";
import { z } from "zod";
import type { Clock } from "../../lib/clock.ts";
import { EngineRefused, EngineUnreachable, readText } from "./engine-call.ts";
import type { ContainerEngine } from "./engine.ts";

const stateSchema = z.object({
  Id: z.string(),
  Name: z.string(),
  State: z.object({
    Status: z.string(),
    Running: z.boolean(),
    Pid: z.int(),
    ExitCode: z.int(),
    OOMKilled: z.boolean().default(false),
    Error: z.string().default(""),
  }),
});

export interface ContainerState {
  id: string;
  status: "created" | "running" | "ended";
  /** Of its first process, as the engine's machine counts. */
  pid: number;
  exitCode: number;
  sawOomKill: boolean;
  /** Why it could not start, in the engine's words. */
  error: string;
}

/** The fields of the engine's own API. */
export type ContainerBody = Readonly<Record<string, unknown>> & { Image: string };

export async function createContainer(
  { call }: ContainerEngine,
  name: string,
  body: ContainerBody,
): Promise<string> {
  const answer = await call("/containers/create", { method: "POST", query: { name }, body });
  return z.object({ Id: z.string() }).parse(JSON.parse(await readText(answer))).Id;
}

export async function startContainer({ call }: ContainerEngine, id: string): Promise<void> {
  (await call(`/containers/${id}/start`, { method: "POST" })).resume();
}

/** By id or name; undefined when there is none. */
export async function inspectContainer(
  { call }: ContainerEngine,
  id: string,
): Promise<ContainerState | undefined> {
  const answer = await unlessGone(call(`/containers/${id}/json`));
  if (!answer) return undefined;
  const { Id, State } = stateSchema.parse(JSON.parse(await readText(answer)));
  const isNew = State.Status === "created" || State.Status === "configured" || State.Status === "initialized";
  return {
    id: Id,
    status: isNew ? "created" : State.Running || State.Status === "paused" ? "running" : "ended",
    pid: State.Pid,
    exitCode: State.ExitCode,
    sawOomKill: State.OOMKilled,
    error: State.Error,
  };
}

export interface Waiting {
  clock: Clock;
  signal: AbortSignal;
}

const slowPollMs = 1000;

/** How it ended; undefined when it is gone. While the engine is away, this waits for it to come back. */
export async function waitForContainer(
  engine: ContainerEngine,
  id: string,
  { clock, signal }: Waiting,
): Promise<ContainerState | undefined> {
  for (;;) {
    signal.throwIfAborted();
    try {
      const answer = await unlessGone(engine.call(`/containers/${id}/wait`, { method: "POST", signal }));
      if (answer) await readText(answer);
      const state = await inspectContainer(engine, id);
      if (state === undefined || state.status === "ended") return state;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof EngineRefused && error.status < 500) throw error;
    }
    await clock.sleep(slowPollMs, signal);
  }
}

export async function killContainer({ call }: ContainerEngine, id: string): Promise<void> {
  try {
    (await unlessGone(call(`/containers/${id}/kill`, { method: "POST" })))?.resume();
  } catch (error) {
    // It has ended by itself.
    if (!(error instanceof EngineRefused && error.status === 409)) throw error;
  }
}

/** Its processes too, and whatever it has written outside its mounts. */
export async function removeContainer({ call }: ContainerEngine, id: string): Promise<void> {
  try {
    (
      await unlessGone(call(`/containers/${id}`, { method: "DELETE", query: { force: true, v: true } }))
    )?.resume();
  } catch (error) {
    // Somebody else is removing it.
    if (!(error instanceof EngineRefused && error.status === 409)) throw error;
  }
}

const listSchema = z.array(z.object({ Id: z.string(), Labels: z.record(z.string(), z.string()).nullish() }));

/** Also those that have ended, or were never started. `labels`: `name`, or `name=value`. */
export async function listContainers(
  { call }: ContainerEngine,
  labels: readonly string[],
): Promise<{ id: string; labels: Record<string, string> }[]> {
  const filters = JSON.stringify({ label: labels });
  const text = await readText(await call("/containers/json", { query: { all: true, filters } }));
  return listSchema.parse(JSON.parse(text)).map(({ Id, Labels }) => ({ id: Id, labels: Labels ?? {} }));
}

/** Runs a short command in a container beside what runs there; resolves when it has ended. */
export async function execInContainer(
  { call }: ContainerEngine,
  id: string,
  command: readonly string[],
  user: string,
) {
  const made = await call(`/containers/${id}/exec`, {
    method: "POST",
    body: { Cmd: command, User: user, AttachStdout: true, AttachStderr: true },
  });
  const { Id } = z.object({ Id: z.string() }).parse(JSON.parse(await readText(made)));
  const answer = await call(`/exec/${Id}/start`, { method: "POST", body: { Detach: false, Tty: false } });
  await readText(answer);
}

export interface ScriptRun extends Waiting {
  name: string;
  body: ContainerBody;
  /** Called with each piece of its output, stdout and stderr. */
  take: (bytes: Buffer) => void;
}

/** Runs a container to its end and takes it away, also when it is aborted or fails. Resolves with the exit code. */
export async function runToEnd(engine: ContainerEngine, run: ScriptRun): Promise<number> {
  const { signal } = run;
  const id = await createContainer(engine, run.name, run.body);
  try {
    signal.throwIfAborted();
    await startContainer(engine, id);
    const logs = await engine.call(`/containers/${id}/logs`, {
      query: { follow: true, stdout: true, stderr: true },
      signal,
    });
    for await (const bytes of readFrames(logs)) run.take(bytes);
    const state = await waitForContainer(engine, id, run);
    return state?.exitCode ?? -1;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    await removeContainer(engine, id).catch((error: unknown) => {
      if (!(error instanceof EngineUnreachable)) throw error;
    });
  }
}

const headerBytes = 8;

/** stdout and stderr come in one stream, each piece with a header that says how long it is. */
export async function* readFrames(answer: IncomingMessage): AsyncGenerator<Buffer> {
  let rest = Buffer.alloc(0);
  for await (const piece of answer) {
    rest = Buffer.concat([rest, piece as Buffer]);
    while (rest.length >= headerBytes) {
      const end = headerBytes + rest.readUInt32BE(4);
      if (rest.length < end) break;
      yield rest.subarray(headerBytes, end);
      rest = rest.subarray(end);
    }
  }
}

async function unlessGone(call: Promise<IncomingMessage>): Promise<IncomingMessage | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof EngineRefused && error.status === 404) return undefined;
    throw error;
  }
}
