// Takes the pictures of Studio in docs/pictures from the bundled examples, run for it: `npm run pictures`. Needs Chromium
// on PATH. To be run when what they show has changed; some minutes.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { launchChromium } from "../test/support/browser.ts";
import { openTestHome } from "../test/support/home.ts";
import { findProgram } from "../test/support/require-component.ts";

const root = join(import.meta.dirname, "..");
const folder = join(root, "docs", "pictures");
const size = { width: 1280, height: 800 };
const sharpness = 1.5;

const chromium = findProgram("chromium");
if (chromium === undefined)
  throw new Error("there is no program chromium on PATH, and it takes the pictures");
await mkdir(folder, { recursive: true });

await using home = await openTestHome();
const submit = async (file: string, ...more: string[]) => {
  const { code, stderr } = await home.run("job", "create", "-f", file, "--stream", ...more);
  console.log(`${file}: exit code ${code}`);
  if (code > 1) throw new Error(stderr);
};
for (const epochs of [20, 40, 60]) {
  const command = `python train.py --table {inputs.iris} --epochs ${epochs}`;
  await submit(
    join(root, "examples", "iris", "job.yml"),
    "--name",
    `iris-${epochs}`,
    "--set",
    `command=${command}`,
  );
}
await submit(join(root, "examples", "sweep", "job.yml"), "--name", "iris-sweep");
const broken = await home.file(
  "broken.yml",
  "experiment_name: iris\ncommand: python3 -c 'import pandsa'\nenvironment: {interpreter: python3}\ncompute: local\n",
);
await submit(broken, "--name", "iris-typo");

const client = await home.client();
const { url } = await home.server();
const list = (values: readonly string[]) => encodeURIComponent(JSON.stringify(values));
const columns = ["state", "start_time", "duration", "metrics.test-multi_logloss", "min.test-multi_logloss"];
const shown: Record<string, string> = {
  jobs: `/?flat=true&columns=${list(columns)}`,
  compare: "/compare?runs=iris-20,iris-40,iris-60&view=charts",
  sweep: "/runs/iris-sweep/children",
};

await using browser = await launchChromium(chromium);
for (const colorScheme of ["light", "dark"] as const) {
  const context = await browser.newContext({ viewport: size, deviceScaleFactor: sharpness, colorScheme });
  const page = await context.newPage();
  await page.goto((await client.createStudioLink({ body: { path: "/" } })).url);
  for (const [name, path] of Object.entries(shown)) {
    await page.goto(url + path);
    await page.waitForLoadState("networkidle");
    await writeFile(join(folder, `${name}-${colorScheme}.webp`), await pictureOf(page));
  }
  await context.close();
}
console.log(`docs/pictures has ${Object.keys(shown).join(", ")}, light and dark`);

/** Playwright takes PNG and JPEG; the browser itself takes what is a fifth of that. */
async function pictureOf(page: Page): Promise<Buffer> {
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality: 82 });
  return Buffer.from(data, "base64");
}
