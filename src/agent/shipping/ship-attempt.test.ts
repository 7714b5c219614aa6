// What an attempt's processes write reaches the server: all of it, once, in order, whatever happens on the way.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { describe, it } from "node:test";
import { createSite } from "../agent-site.fixture.ts";
import { aWorkOrder } from "../fake-server.fixture.ts";

const hashOf = (bytes: string | Buffer) => createHash("sha256").update(bytes).digest("hex");

describe("what an attempt writes", { timeout: 60_000 }, () => {
  it("arrives byte for byte: 200,000 lines, bytes that are no text, and no newline at the end", async (t) => {
    const site = await createSite(t);
    const work = aWorkOrder(`seq 1 200000; printf '\\377\\000\\r\\n\\303'`);
    site.server.place(work);

    site.startAgent();
    await site.end(work);

    const lines = Array.from({ length: 200_000 }, (_, index) => `${index + 1}\n`).join("");
    const expected = Buffer.concat([Buffer.from(lines), Buffer.from([0xff, 0, 0x0d, 0x0a, 0xc3])]);
    const bytes = site.server.artifacts.get("azureml-logs/70_driver_log.txt")?.bytes ?? "";
    assert.equal(hashOf(bytes), hashOf(expected));
  });

  it("arrives once when every request is delivered twice", async (t) => {
    const site = await createSite(t);
    site.server.repeatEverything = true;
    const line = `{"t":"m","n":"loss","v":1,"at":1}`;
    const work = aWorkOrder(
      `for i in 1 2 3; do echo $i; echo '${line}' >> $TRAINYARD_RUN_FOLDER/records/a.ndjson; echo $i >> logs/e; sleep 0.05; done; echo o > outputs/o`,
    );
    site.server.place(work);

    site.startAgent();
    await site.end(work);

    assert.equal(site.log(), "1\n2\n3\n");
    assert.equal(site.log("logs/e"), "1\n2\n3\n");
    assert.equal(site.log("outputs/o"), "o\n");
    assert.deepEqual([...site.server.streams.values()].map(String), [`${line}\n`.repeat(3)]);
  });

  it("arrives in full after the server was away, and the processes never notice", async (t) => {
    const site = await createSite(t);
    const work = aWorkOrder(`echo one; until [ -e go ]; do sleep 0.02; done; echo two`);
    site.server.place(work);
    site.startAgent();
    await site.server.until(() => site.log() === "one\n");

    await site.server.down();
    await writeFile(`${site.attemptFolder(work)}/work/go`, "");
    await site.server.up();

    assert.equal((await site.end(work)).reason, "succeeded");
    assert.equal(site.log(), "one\ntwo\n");
  });

  it("is shown while it grows, below ./logs too", async (t) => {
    const site = await createSite(t);
    const work = aWorkOrder(
      `mkdir -p logs/tb; printf a >> logs/tb/events; until [ -e go ]; do sleep 0.02; done; printf b >> logs/tb/events`,
    );
    site.server.place(work);
    site.startAgent();

    await site.server.until(() => site.log("logs/tb/events") === "a");
    assert.equal(site.server.artifacts.get("logs/tb/events")?.growing, true);
    await writeFile(`${site.attemptFolder(work)}/work/go`, "");
    await site.end(work);

    assert.equal(site.log("logs/tb/events"), "ab");
    assert.equal(site.server.artifacts.get("logs/tb/events")?.growing, false);
  });

  it("is sent as a whole when a log was written anew instead of appended to", async (t) => {
    const site = await createSite(t);
    const work = aWorkOrder(
      `echo 'the first version' > logs/state; until [ -e go ]; do sleep 0.02; done; echo short > logs/state; echo gone > logs/x; sleep 0.1; rm logs/x`,
    );
    site.server.place(work);
    site.startAgent();
    await site.server.until(() => site.log("logs/state") !== "");
    await writeFile(`${site.attemptFolder(work)}/work/go`, "");
    await site.end(work);

    assert.equal(site.log("logs/state"), "short\n");
    assert.equal(site.server.artifacts.get("logs/x")?.growing ?? false, false);
  });

  it("has its outputs collected after a failure: empty files, deep folders and links, but no loops", async (t) => {
    const site = await createSite(t);
    const work = aWorkOrder(
      `cd outputs; : > empty; mkdir -p a/b; echo deep > a/b/c; ln -s a/b/c link; ln -s .. up; ln -s a alias; ln -s /etc/hostname away; ln -s nowhere broken; head -c 3000000 /dev/zero > big; exit 1`,
    );
    site.server.place(work);

    site.startAgent();
    await site.end(work);

    const paths = [...site.server.artifacts.keys()].filter((path) => path.startsWith("outputs/")).sort();
    assert.deepEqual(paths, [
      "outputs/a/b/c",
      "outputs/alias/b/c",
      "outputs/away",
      "outputs/big",
      "outputs/empty",
      "outputs/link",
    ]);
    assert.equal(site.log("outputs/link"), "deep\n");
    assert.equal(site.server.artifacts.get("outputs/big")?.bytes.length, 3_000_000);
    const notes = site.server.reports.flatMap((report) => report.notes.map((note) => note.message));
    assert.equal(
      notes.some((note) => /up left out: a link to a folder/.test(note)),
      true,
    );
    assert.equal(
      notes.some((note) => /broken left out: a link to nothing/.test(note)),
      true,
    );
  });

  it("has records sent by whole lines; one that was never finished is dropped with a warning", async (t) => {
    const site = await createSite(t);
    const work = aWorkOrder(
      `printf '{"t":"p","n":"lr","v":"1"}\\n{"t":"p","n' > $TRAINYARD_RUN_FOLDER/records/7-a.ndjson`,
    );
    site.server.place(work);

    site.startAgent();
    await site.end(work);

    assert.deepEqual(
      [...site.server.streams].map(([name, bytes]) => [name, bytes.toString()]),
      [["1.0.7-a.ndjson", `{"t":"p","n":"lr","v":"1"}\n`]],
    );
    assert.match(site.log("azureml-logs/75_job_post-local-0.txt"), /7-a\.ndjson: dropped 11 bytes/);
  });

  it("has staged files uploaded while it runs, and their copies deleted", async (t) => {
    const site = await createSite(t);
    const work = aWorkOrder(
      `cd $TRAINYARD_RUN_FOLDER; mkdir files; cd files; echo model > abc; echo '{"path":"outputs/model.pkl","stage":"abc","at":1}' > index-1.ndjson; while [ -e abc ]; do sleep 0.02; done; echo freed`,
    );
    site.server.place(work);

    site.startAgent();
    await site.end(work);

    assert.equal(site.log("outputs/model.pkl"), "model\n");
    assert.equal(site.log(), "freed\n");
  });

  it("has named outputs brought home under their names", async (t) => {
    const site = await createSite(t);
    const work = aWorkOrder("", {
      command: {
        source: "x",
        parts: [
          { text: "echo m > " },
          { binding: "outputs", name: "model" },
          { text: "/m.txt; ls $AZURE_ML_OUTPUT_model" },
        ],
      },
      outputs: { model: { type: "uri_folder", mode: "rw_mount" } },
    });
    site.server.place(work);

    site.startAgent();
    await site.end(work);

    assert.equal(site.log("named-outputs/model/m.txt"), "m\n");
    assert.equal(site.log(), "m.txt\n");
  });
});
