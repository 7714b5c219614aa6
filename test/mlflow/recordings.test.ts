// What MLflow's clients ask, as recorded against the official server, asked of ours: the answers have the same shape.
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { Exchange } from "./exchange.ts";
import { startTestServer } from "../support/test-server.ts";
import type { TestServer } from "../support/test-server.ts";

const recordings = join(import.meta.dirname, "recordings");

/** What the recording calls the official server's ids, and what ours are. */
class Names {
  readonly #ours = new Map<string, string>();

  /** Learns from two answers to one request what ours calls a thing. */
  learn(recorded: unknown, actual: unknown): void {
    if (typeof recorded === "string") {
      // The first one counts: lists of tags may come in another order.
      const isNew = /^<[a-z]+-\d+>$/.test(recorded) && !this.#ours.has(recorded);
      if (isNew && typeof actual === "string") this.#ours.set(recorded, actual);
      return;
    }
    if (typeof recorded !== "object" || recorded === null) return;
    if (typeof actual !== "object" || actual === null) return;
    for (const [key, inner] of Object.entries(recorded))
      this.learn(inner, (actual as Record<string, unknown>)[key]);
  }

  fill(text: string): string {
    return text.replaceAll(/<[a-z]+-\d+>/g, (name) => this.#ours.get(name) ?? name);
  }
}

type Shape = string | { [key: string]: Shape } | [Shape] | [];

/** Newer than what is spoken here. */
const leftOut = ["workspace"];
/** What ours says besides, in answers that may hold it and in which the official server leaves it out. */
const besides = ["model_id", "user_id", "aliases", "registrations"];

/** Where ours lacks something of theirs, has another type, or has what nobody knows. */
function compare(ours: Shape | undefined, theirs: Shape | undefined, place: string): string[] {
  if (theirs === undefined)
    return besides.includes(place.split(".").at(-1)!) ? [] : [`${place} is ours alone`];
  if (ours === undefined) return [`${place} is missing`];
  if (typeof ours === "string" || typeof theirs === "string") {
    return ours === theirs ? [] : [`${place} is ${JSON.stringify(ours)}, theirs ${JSON.stringify(theirs)}`];
  }
  const keys = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
  const at = (shape: Shape, key: string) => (shape as Record<string, Shape>)[key];
  return [...keys].flatMap((key) => compare(at(ours, key), at(theirs, key), `${place}.${key}`));
}

/** Names and types; of a list, what any of its elements has. What is empty says no more than what is absent. */
function shapeOf(value: unknown): Shape {
  if (Array.isArray(value)) {
    const shapes = value.map(shapeOf);
    if (shapes.length === 0) return [];
    return [shapes.every(isRecord) ? sorted(Object.assign({}, ...shapes) as object) : shapes[0]!] as [Shape];
  }
  if (typeof value === "string" && /^(NaN|-?Infinity)$/.test(value)) return "number";
  if (typeof value !== "object" || value === null) return value === null ? "null" : typeof value;
  const shapes = Object.entries(value)
    .filter(([key, one]) => !leftOut.includes(key) && one !== "" && one !== 0)
    .map(([key, one]): [string, Shape] => [key, shapeOf(one)])
    .filter(([, shape]) => typeof shape === "string" || Object.keys(shape).length > 0);
  return sorted(Object.fromEntries(shapes));
}

const sorted = (shape: object): Shape =>
  Object.fromEntries(Object.entries(shape).sort(([a], [b]) => (a < b ? -1 : 1))) as Shape;

const isRecord = (shape: Shape): boolean => typeof shape === "object" && !Array.isArray(shape);

async function ask(
  server: TestServer,
  names: Names,
  exchange: Exchange,
): Promise<{ status: number; answer: unknown }> {
  const { method, target, body, bytes } = exchange;
  const response = await server.fetch(names.fill(target), {
    method,
    ...(body !== undefined && {
      headers: { "content-type": "application/json" },
      body: names.fill(JSON.stringify(body)),
    }),
    ...(bytes !== undefined && { body: "x".repeat(bytes) }),
  });
  const text = await response.text();
  const isJson = text.startsWith("{") && exchange.answer !== undefined;
  return { status: response.status, answer: isJson ? JSON.parse(text) : undefined };
}

for (const file of await readdir(recordings)) {
  test(`What ${file.replace(".json", "")} asks is answered in the shape of the official server's answers`, async () => {
    const exchanges = JSON.parse(await readFile(join(recordings, file), "utf8")) as Exchange[];
    await using server = await startTestServer();
    const names = new Names();
    const differences: string[] = [];
    for (const [index, exchange] of exchanges.entries()) {
      // What a newer server says of itself.
      if (exchange.target.endsWith("/server-info")) continue;
      const { status, answer } = await ask(server, names, exchange);

      const what = `${index}: ${exchange.method} ${exchange.target}`;
      if (status !== exchange.status) differences.push(`${what}: ${status}, theirs ${exchange.status}`);
      const isFile = exchange.target.includes("/mlflow-artifacts/artifacts/");
      if (status < 400 && !isFile) {
        const found = compare(shapeOf(answer ?? {}), shapeOf(exchange.answer ?? {}), "answer");
        differences.push(...found.map((difference) => `${what}: ${difference}`));
      }
      if (status >= 400 && codeOf(answer) !== codeOf(exchange.answer)) {
        differences.push(`${what}: ${String(codeOf(answer))}, theirs ${String(codeOf(exchange.answer))}`);
      }
      names.learn(exchange.answer, answer);
    }
    assert.deepEqual(differences, [], differences.join("\n"));
    assert.ok(exchanges.length > 100);
  });
}

const codeOf = (answer: unknown): unknown => (answer as { error_code?: unknown } | undefined)?.error_code;
