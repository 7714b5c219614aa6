// The Python client over stores that it cannot reach itself: Azure Blob and S3, asked by the server.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { azuriteKey, startAzurite } from "../src/datastores/azurite.fixture.ts";
import { s3Secrets, startS3Server } from "../src/datastores/s3-server.fixture.ts";
import { requireProgram } from "./support/require-component.ts";
import { makeTempFolder } from "./support/temp-folder.ts";
import { startTestServer } from "./support/test-server.ts";

const script = `
import json, os, sys
from azureml.core import Dataset, Datastore, Workspace
from azureml.exceptions import UserErrorException
asked = json.loads(sys.stdin.read())
ws = Workspace.from_config()
Datastore.register_azure_blob_container(
    workspace=ws, datastore_name="cloud", container_name=asked["azure"]["container_name"],
    account_name=asked["azure"]["account_name"], account_key=asked["key"],
    protocol="http", endpoint=asked["azure"]["endpoint"], overwrite=True)
Datastore.register_s3_bucket(ws, "bucket", asked["s3"]["bucket"], asked["s3"].get("region"), asked["s3"]["endpoint"],
    asked["secrets"]["access_key_id"], asked["secrets"]["secret_access_key"])
os.makedirs("local/deep")
open("local/a.csv", "w").write("x,y\\n1,2\\n")
open("local/deep/b.csv", "w").write("x,y\\n3,4\\n")
for name in ("cloud", "bucket"):
    store = Datastore.get(ws, name)
    store.upload("local", target_path="train", show_progress=False)
    store.upload("local", target_path="train", show_progress=True)
    print(store.download(f"got-{name}", prefix="train", show_progress=False), open(f"got-{name}/train/deep/b.csv").read().split())
    files = Dataset.File.from_files((store, "train/**/*.csv"))
    print(files.to_path(), [os.path.basename(path) for path in files.download()])
    table = Dataset.File.from_files((store, "train/a.csv")).register(ws, f"table-{name}")
    print(open(Dataset.get_by_name(ws, f"table-{name}").download()[0]).read().split())
    try:
        Dataset.File.from_files((store, "none")).to_path()
    except Exception as error:
        print(type(error).__name__, error.message)
bad = Datastore.register_azure_blob_container(
    ws, "locked", asked["azure"]["container_name"], asked["azure"]["account_name"], account_key="bm90IHRoZSBrZXk=",
    protocol="http", endpoint=asked["azure"]["endpoint"])
try:
    bad.upload("local")
except UserErrorException as error:
    print("refused", "bm90IHRoZSBrZXk=" not in str(error), "credentials" in str(error))
`;

test("Datastores in clouds are registered, written, read and made data sets of from Python", async (t) => {
  const python = requireProgram(t, "python3");
  if (python === undefined) return;
  const [azurite, s3] = await Promise.all([startAzurite(), startS3Server()]);
  t.after(() => azurite.stop());
  t.after(() => s3.stop());
  await using server = await startTestServer();
  await using folder = await makeTempFolder();
  const asked = {
    azure: await azurite.newContainer(),
    key: azuriteKey,
    s3: await s3.newBucket(),
    secrets: s3Secrets,
  };

  const child = promisify(execFile)(python, ["-c", script], {
    cwd: folder.path,
    env: {
      ...process.env,
      PYTHONPATH: join(import.meta.dirname, "..", "python", "src"),
      TRAINYARD_URL: server.url,
      TRAINYARD_TOKEN: server.token,
    },
  });
  child.child.stdin?.end(JSON.stringify(asked));
  const { stdout } = await child;

  for (const name of ["cloud", "bucket"]) {
    assert.ok(
      stdout.includes(`DatasetValidationError The datastore ${name} has no file or folder 'none'.`),
      stdout,
    );
  }
  const said = stdout.split("\n").filter((line) => !/^Uploading|^Target|Validation/.test(line));
  const each = [
    "Uploaded 0 files",
    "2 ['x,y', '3,4']",
    "['/a.csv', '/deep/b.csv'] ['a.csv', 'b.csv']",
    "['x,y', '1,2']",
  ];
  const refused = said.findIndex((line) => line.startsWith("refused"));
  assert.deepEqual(said.slice(0, refused), [...each, ...each]);
  assert.equal(said[refused], "refused True True");
});
