import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { aSpec, onCompute } from "../../../test/support/specs.ts";
import { startTestServer } from "../../../test/support/test-server.ts";
import type { TestServer } from "../../../test/support/test-server.ts";
import { asWireSpec } from "../../api/job-spec.ts";
import { Refused } from "../../core/refused.ts";

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server[Symbol.asyncDispose]());

const refusedWith = (code: string, words: RegExp) => (error: unknown) =>
  error instanceof Refused && error.code === code && words.test(error.message);

test("A compute is made with defaults, and changed only in what is said", async () => {
  const params = { compute: "gpu-1" };

  const made = await server.client.createCompute({ params, body: { description: "fast" } });
  assert.deepEqual([made.minInstances, made.maxInstances, made.description], [0, 4, "fast"]);
  const updated = await server.client.updateCompute({ params, body: { maxInstances: 7, tags: { a: "b" } } });
  assert.deepEqual([updated.maxInstances, updated.description, { ...updated.tags }], [7, "fast", { a: "b" }]);
  const again = await server.client.createCompute({ params, body: { minInstances: 2 } });
  assert.deepEqual([again.minInstances, again.maxInstances, again.createdAt], [2, 7, made.createdAt]);
});

test("The least number of nodes cannot be above the largest", async () => {
  const body = { minInstances: 3, maxInstances: 2 };
  await assert.rejects(
    server.client.createCompute({ params: { compute: "wrong" }, body }),
    refusedWith("invalid", /min_instances is 3 and max_instances 2/),
  );

  await assert.rejects(
    server.client.getCompute({ params: { compute: "wrong" } }),
    refusedWith("not-found", /wrong/),
  );
});

test("This machine can be changed, and neither made anew nor deleted", async () => {
  const params = { compute: "local" };
  assert.equal((await server.client.updateCompute({ params, body: { maxInstances: 3 } })).maxInstances, 3);

  await assert.rejects(server.client.createCompute({ params, body: {} }), refusedWith("conflict", /local/));
  await assert.rejects(
    server.client.deleteCompute({ params }),
    refusedWith("wrong-state", /cannot be deleted/),
  );
});

test("A compute that jobs still need is not deleted, and one that none needs is", async () => {
  const params = { compute: "used" };
  await server.client.createCompute({ params, body: {} });
  await server.client.createJob({
    body: { spec: asWireSpec(aSpec({ name: "user-of-it", ...onCompute("used") })) },
  });

  await assert.rejects(server.client.deleteCompute({ params }), refusedWith("wrong-state", /user-of-it/));
  await server.client.createCompute({ params: { compute: "unused" }, body: {} });
  assert.deepEqual(await server.client.deleteCompute({ params: { compute: "unused" } }), { deleted: true });

  const { computes } = await server.client.listComputes({});
  assert.ok(!computes.some((compute) => compute.name === "unused"));
});

test("Names that are none are refused", async () => {
  for (const compute of ["a", "1a", "a b", "a_b", "x".repeat(33), "ü"]) {
    await assert.rejects(
      server.client.createCompute({ params: { compute }, body: {} }),
      refusedWith("invalid", /2 to 32 letters/),
      compute,
    );
  }
});

test("Sizes are listed with what this machine has not got, a person's own among them", async () => {
  await writeFile(
    join(server.home, "sizes.json"),
    JSON.stringify({
      standard_nc6: { cores: 4, memory_gib: 8 },
      huge: { cores: 500, memory_gib: 1, gpus: 2 },
    }),
  );

  const { sizes, file } = await server.client.listSizes({});
  const made = await server.client.createCompute({ params: { compute: "huge" }, body: { size: "HUGE" } });

  const named = (name: string) => sizes.find((size) => size.name === name);
  assert.equal(file, join(server.home, "sizes.json"));
  assert.deepEqual(
    [named("standard_nc6")?.cores, named("standard_nc6")?.isOwn, named("Standard_NC6")],
    [4, true, undefined],
  );
  assert.equal(named("Standard_NC12")?.missing, "2 graphics cards (this machine has 0)");
  assert.match(named("huge")?.missing ?? "", /^2 graphics cards .*, 500 cores \(this machine has 64\)$/);
  assert.match(made.sizeMeans, /^500 cores, 1 GiB, 2 graphics cards; .*: jobs here are refused$/);
});

test("A file of sizes that cannot be used is told to whoever names a size, and harms nobody else", async () => {
  await writeFile(join(server.home, "sizes.json"), '{"mine": {"cores": -1, "memory_gib": 1}}');
  const submit = (name: string, instanceType?: string) =>
    server.client.createJob({
      body: {
        spec: asWireSpec(
          aSpec({
            name,
            compute: {
              target: "local",
              instanceCount: 1,
              ...(instanceType !== undefined && { instanceType }),
            },
          }),
        ),
      },
    });

  const unusable = /sizes\.json cannot be used: .*mine.cores/;
  await assert.rejects(server.client.listSizes({}), refusedWith("invalid", unusable));
  await assert.rejects(
    submit("sized", "Standard_D1_v2"),
    (error) => unusable.test(JSON.stringify(error)) || unusable.test(String(error)),
  );
  await submit("plain");
});
