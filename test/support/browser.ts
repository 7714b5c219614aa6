// A real Chromium that looks at Studio: signed in by a one-time link, with axe, screenshots, and an eye on what goes wrong.
import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { chromium } from "playwright-core";
import type { Browser, Page } from "playwright-core";
import type { Client } from "../../src/api/client.ts";
import { requireProgram } from "./require-component.ts";

const axeFile = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** Where pictures of pages are kept to be looked at: they are no part of what is checked. */
export const pictureFolder = join(tmpdir(), "trainyard-studio-pictures");

export interface StudioBrowser extends AsyncDisposable {
  readonly page: Page;
  /** Messages of errors in the page, breaches of its policy, and requests to other hosts. */
  readonly problems: readonly string[];
  /** Opens the page at `path`, the first time by a one-time link that signs this browser in. */
  open(path: string): Promise<void>;
  /** What axe finds by the rules of WCAG 2.2 AA; `expectAccessible` fails with it. */
  expectAccessible(): Promise<void>;
  setTheme(theme: "light" | "dark"): Promise<void>;
  setWidth(width: number, height?: number): Promise<void>;
  /** Both themes, as `<name>-light.png` and `<name>-dark.png`. */
  takePictures(name: string): Promise<void>;
}

/** As root, without a GPU, and without asking anybody anything by itself. */
export const launchChromium = (executablePath: string): Promise<Browser> =>
  chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });

/** Undefined where there is no Chromium: the test is skipped, or has failed where it is required. */
export async function openBrowser(
  t: TestContext,
  server: { url: string; client: Client },
): Promise<StudioBrowser | undefined> {
  const executablePath = requireProgram(t, "chromium");
  if (executablePath === undefined) return undefined;
  const browser = await launchChromium(executablePath);
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: "light" });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.stack ?? error.message));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  page.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith("http") && origin !== server.url) problems.push(`asked ${request.url()}`);
  });
  let isSignedIn = false;
  const axe = await readFile(axeFile, "utf8");

  const studio: StudioBrowser = {
    page,
    problems,
    async open(path) {
      const link = isSignedIn ? undefined : await server.client.createStudioLink({ body: { path } });
      await page.goto(link?.url ?? server.url + path);
      isSignedIn = true;
    },
    async expectAccessible() {
      // Colours on their way from one theme to the other are neither's.
      await page.evaluate(async () => {
        const { document } = globalThis as unknown as {
          document: {
            getAnimations(): {
              effect: { getTiming(): { iterations: number } };
              finished: Promise<unknown>;
            }[];
          };
        };
        const ending = document
          .getAnimations()
          .filter(({ effect }) => effect.getTiming().iterations !== Infinity);
        await Promise.allSettled(ending.map(({ finished }) => finished));
      });
      // Not as a script of the page, which its policy forbids.
      await page.evaluate(axe);
      const found = await page.evaluate(async () => {
        const { axe } = globalThis as unknown as {
          axe: {
            run(
              root: unknown,
              options: object,
            ): Promise<{
              violations: { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }[];
            }>;
          };
        };
        const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
        const { violations } = await axe.run((globalThis as unknown as { document: unknown }).document, {
          runOnly: tags,
        });
        return violations.flatMap(({ id, help, nodes }) =>
          nodes.map(({ html, failureSummary = "" }) => `${id}: ${help}\n  ${html}\n  ${failureSummary}`),
        );
      });
      assert.deepEqual(found, []);
    },
    setTheme: (theme) => page.emulateMedia({ colorScheme: theme }),
    setWidth: (width, height = 900) => page.setViewportSize({ width, height }),
    async takePictures(name) {
      await mkdir(pictureFolder, { recursive: true });
      for (const theme of ["light", "dark"] as const) {
        await studio.setTheme(theme);
        await page.screenshot({ path: join(pictureFolder, `${name}-${theme}.png`), animations: "disabled" });
      }
      await studio.setTheme("light");
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
    },
  };
  return studio;
}
