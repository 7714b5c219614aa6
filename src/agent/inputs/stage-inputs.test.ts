import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { TestContext } from "node:test";
import type { Input } from "../../core/job-spec.ts";
import { createSite } from "../agent-site.fixture.ts";
import { aWorkOrder } from "../fake-server.fixture.ts";
import { createStaging } from "./staging.fixture.ts";
import { literalText, stageInputs } from "./stage-inputs.ts";

async function serve(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const stage = async (t: TestContext, input: Input) => stageInputs({ table: input }, await createStaging(t));

const uriInput = (uri: string): Input => ({ kind: "data", mode: "mount", source: { kind: "uri", uri } });

describe("an input", { timeout: 30_000 }, () => {
  it("that is a literal stands in the command as Python would write it", () => {
    assert.deepEqual([literalText(true), literalText(1e-5), literalText("a b")], ["True", "0.00001", "a b"]);
  });

  it("without a value has no text", async (t) => {
    assert.deepEqual((await stage(t, { kind: "absent" })).values, {});
  });

  it("at an address is downloaded to a file of its name, through redirects", async (t) => {
    const url = await serve(t, (request, response) => {
      if (request.url === "/old") response.writeHead(302, { location: "/data/iris.csv?v=2" }).end();
      else response.end("1,2,3\n");
    });

    const { values } = await stage(t, uriInput(`${url}/old`));

    assert.equal(await readFile(values["table"] ?? "", "utf8"), "1,2,3\n");
  });

  it("that cannot be downloaded is named in the error, with the answer's words", async (t) => {
    const url = await serve(t, (_request, response) => response.writeHead(404).end());

    await assert.rejects(
      stage(t, uriInput(`${url}/gone.csv`)),
      /input table: http.*gone\.csv could not be downloaded: the answer was 404/,
    );
    await assert.rejects(
      stage(t, uriInput("wasbs://container/x")),
      /input table: wasbs:.* is not an http or https address/,
    );
  });

  it("of which only half arrives is no input", async (t) => {
    const url = await serve(t, (_request, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("half");
      setImmediate(() => response.destroy());
    });

    await assert.rejects(
      stage(t, uriInput(`${url}/half.csv`)),
      /input table: .*half\.csv could not be downloaded/,
    );
  });

  it("that was uploaded is mounted from one shared tree, or copied when the job may write to it", async (t) => {
    const site = await createSite(t);
    const id = site.server.addSnapshot({ "iris.csv": "1,2\n" });
    const source = { kind: "snapshot" as const, id, file: "iris.csv" };
    const work = aWorkOrder("", {
      command: {
        source: "x",
        parts: [
          { text: "cat " },
          { binding: "inputs", name: "shared" },
          { text: "; echo 3,4 >> $AZURE_ML_INPUT_own && cat " },
          { binding: "inputs", name: "own" },
          { text: "; echo $AZURE_ML_INPUT_shared" },
        ],
      },
      inputs: {
        shared: { kind: "data", mode: "mount", source },
        own: { kind: "data", mode: "download", source },
      },
    });
    site.server.place(work);

    site.startAgent();
    const end = await site.end(work);

    assert.equal(end.reason, "succeeded");
    const [first, second, third, path] = site.log().trim().split("\n");
    assert.deepEqual([first, second, third], ["1,2", "1,2", "3,4"]);
    assert.equal(path, join(site.home, "agents", "local", "trees", id, "iris.csv"));
    assert.equal(await readFile(path, "utf8"), "1,2\n");
  });
});
