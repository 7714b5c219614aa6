import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { Unreachable } from "../../api/client.ts";
import type { Client } from "../../api/client.ts";
import { aClient, aLink, instantClock } from "../testing.fixture.ts";
import { createLogFollower } from "./follow-logs.ts";
import type { LogFollower } from "./follow-logs.ts";

/** A server's growing files, as its answers to a follower. */
function growingFiles() {
  const files = new Map<string, { bytes: Buffer; growing: boolean }>();
  const waiting = new Set<() => void>();
  const changed = () => {
    for (const wake of waiting) wake();
    waiting.clear();
  };
  const file = (path: string) => files.get(path) ?? { bytes: Buffer.alloc(0), growing: true };
  /** Cuts the connection of the next answers after so many bytes. */
  const cuts: number[] = [];

  async function* content(path: string, start: number): AsyncGenerator<Uint8Array> {
    let at = start;
    const cut = cuts.shift();
    for (;;) {
      const { bytes, growing } = file(path);
      const end = cut === undefined ? bytes.length : Math.min(bytes.length, start + cut);
      if (end > at) {
        yield bytes.subarray(at, end);
        at = end;
        continue;
      }
      if (cut !== undefined && at === start + cut)
        throw new Unreachable("the answer broke off in the middle");
      if (!growing && at === bytes.length) return;
      await new Promise<void>((resolve) => waiting.add(resolve));
    }
  }

  const client: Partial<Client> = {
    readArtifact: async ({ query }) => content(String(query?.path), Number(query?.start ?? 0)),
    listArtifacts: async ({ query }) => ({
      artifacts: [...files]
        .filter(([path]) => path.startsWith(String(query?.prefix)))
        .map(([path, { bytes, growing }]) => ({
          path,
          sizeBytes: bytes.length,
          growing,
          hash: null,
          createdAt: 0,
          aliasOf: null,
        })),
      next: null,
    }),
  };
  return {
    client: aClient(client),
    cuts,
    append(path: string, text: string) {
      files.set(path, { bytes: Buffer.concat([file(path).bytes, Buffer.from(text)]), growing: true });
      changed();
    },
    close(path: string) {
      files.set(path, { ...file(path), growing: false });
      changed();
    },
  };
}

function aFollower(files: ReturnType<typeof growingFiles>, options: { isReplay?: boolean } = {}) {
  const shown: string[] = [];
  const controller = new AbortController();
  const follower = createLogFollower({
    run: "job",
    link: aLink(files.client),
    clock: instantClock,
    signal: controller.signal,
    isReplay: options.isReplay ?? false,
    write: async (bytes) => void shown.push(Buffer.from(bytes).toString()),
  });
  return { follower, text: () => shown.join(""), leave: () => controller.abort() };
}

/** Lets everything that can happen now happen. */
async function settle(): Promise<void> {
  for (let turns = 0; turns < 20; turns++) await turn();
}

const title = (path: string) => `\nStreaming ${path}\n${"=".repeat(path.length + 10)}\n\n`;
const preparation = "azureml-logs/65_job_prep-n0.txt";
const driver = "azureml-logs/70_driver_log.txt";
const cleanUp = "azureml-logs/75_job_post-n0.txt";

function announceAll(follower: LogFollower, ...paths: string[]): void {
  for (const path of paths) follower.announce(path);
}

test("a finished job's logs are shown in numeric order, each under its title", async () => {
  const files = growingFiles();
  for (const path of [cleanUp, driver, preparation]) {
    files.append(path, `of ${path}\n`);
    files.close(path);
  }
  const { follower, text } = aFollower(files, { isReplay: true });

  announceAll(follower, cleanUp, driver, preparation);
  follower.finish();
  await follower.run();

  const expected = [preparation, driver, cleanUp].map((path) => `${title(path)}of ${path}\n`).join("");
  assert.equal(text(), expected);
});

test("bytes are shown as they are written, before the file is complete", async () => {
  const files = growingFiles();
  const { follower, text } = aFollower(files);
  const running = follower.run();

  files.append(driver, "one\n");
  follower.announce(driver);
  await settle();
  const early = text();
  files.append(driver, "half a li");
  await settle();
  const halfway = text();
  files.append(driver, "ne\n");
  files.close(driver);
  follower.finish();
  await running;

  assert.equal(early, `${title(driver)}one\n`);
  assert.equal(halfway, `${title(driver)}one\nhalf a li`);
  assert.equal(text(), `${title(driver)}one\nhalf a line\n`);
});

test("nothing is lost or doubled when the connection breaks in the middle of the bytes", async () => {
  const files = growingFiles();
  files.append(driver, "0123456789\n");
  files.close(driver);
  files.cuts.push(4, 3);
  const { follower, text } = aFollower(files);

  follower.announce(driver);
  follower.finish();
  await follower.run();

  assert.equal(text(), `${title(driver)}0123456789\n`);
});

test("the user's output is not interrupted by what the platform writes meanwhile", async () => {
  const files = growingFiles();
  const { follower, text } = aFollower(files);
  const running = follower.run();

  files.append(driver, "user 1\n");
  follower.announce(driver);
  await settle();
  files.append(preparation, "platform\n");
  follower.announce(preparation);
  await settle();
  files.append(driver, "user 2\n");
  await settle();
  files.close(driver);
  files.close(preparation);
  follower.finish();
  await running;

  assert.equal(text(), `${title(driver)}user 1\nuser 2\n${title(preparation)}platform\n`);
});

test("a build log goes on live after a later file has begun", async () => {
  const files = growingFiles();
  const build = "azureml-logs/20_image_build_log.txt";
  const node = "azureml-logs/55_azureml-execution-n0.txt";
  const { follower, text } = aFollower(files);
  const running = follower.run();

  files.append(build, "step 1\n");
  follower.announce(build);
  await settle();
  files.append(node, "host\n");
  follower.announce(node);
  await settle();
  files.append(build, "step 2\n");
  await settle();
  const live = text();
  files.close(build);
  files.close(node);
  follower.finish();
  await running;

  assert.equal(live, `${title(build)}step 1\n${title(node)}host\n${title(`${build} (continued)`)}step 2\n`);
});

test("one file under two names is shown once", async () => {
  const files = growingFiles();
  for (const path of [driver, "user_logs/std_log.txt"]) {
    files.append(path, "once\n");
    files.close(path);
  }
  const { follower, text } = aFollower(files);

  announceAll(follower, "user_logs/std_log.txt", driver);
  announceAll(follower, driver, "user_logs/std_log.txt");
  follower.finish();
  await follower.run();

  assert.equal(text().match(/once/g)?.length, 1);
});

test("a new attempt continues the files of the one before", async () => {
  const files = growingFiles();
  const { follower, text } = aFollower(files);
  const running = follower.run();

  files.append(driver, "first\n");
  files.close(driver);
  follower.announce(driver);
  await settle();
  follower.reopen();
  files.append(driver, "second\n");
  follower.announce(driver);
  await settle();
  files.close(driver);
  follower.finish();
  await running;

  assert.equal(text(), `${title(driver)}first\nsecond\n`);
});

test("a last line without an end gets one, so that the next words stand on their own line", async () => {
  const files = growingFiles();
  files.append(driver, "no end");
  files.close(driver);
  const { follower, text } = aFollower(files, { isReplay: true });

  follower.announce(driver);
  follower.finish();
  await follower.run();

  assert.equal(text(), `${title(driver)}no end\n`);
});

test("leaving ends the following while the file still grows", async () => {
  const files = growingFiles();
  const { follower, text, leave } = aFollower(files);
  const running = follower.run();

  files.append(driver, "one\n");
  follower.announce(driver);
  await settle();
  leave();
  await running;

  assert.equal(text(), `${title(driver)}one\n`);
});

test("a refusal by the server is told, not tried again for ever", async () => {
  const files = growingFiles();
  const client = aClient({
    readArtifact: () => Promise.reject(new Error("no such run")),
  });
  const { follower } = aFollower({ ...files, client });
  const running = follower.run();

  follower.announce(driver);

  await assert.rejects(running, /no such run/);
});

test("bytes that are no text arrive as they are", async () => {
  const bytes = Buffer.from([0, 255, 254, 10]);
  const received: Uint8Array[] = [];
  const client = aClient({
    readArtifact: async () =>
      (async function* () {
        yield bytes;
      })(),
    listArtifacts: async () => ({ artifacts: [], next: null }),
  });
  const follower = createLogFollower({
    run: "job",
    link: aLink(client),
    clock: instantClock,
    signal: new AbortController().signal,
    isReplay: true,
    write: async (part) => void received.push(part),
  });

  follower.announce(driver);
  await follower.run();

  assert.deepEqual(Buffer.from(received.at(-1) ?? []), bytes);
});
