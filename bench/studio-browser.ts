// The browser that looks at Studio and at MLflow's own interface: fresh pages, and when something is painted in them.
import type { Browser, Page } from "playwright-core";
import { createClient } from "../src/api/client.ts";
import { createHttpTransport } from "../src/api/http-transport.ts";
import { systemClock } from "../src/lib/clock.ts";
import { launchChromium } from "../test/support/browser.ts";
import { findProgram } from "../test/support/require-component.ts";
import type { Comparison } from "./benchmark.ts";
import type { TrackingServer } from "./mlflow-servers.ts";

export interface Size {
  width: number;
  height: number;
}

export const desktop: Size = { width: 1440, height: 900 };

/** Left out where there is no Chromium. */
export async function withChromium(
  measure: (browser: Browser) => Promise<Comparison[]>,
): Promise<Comparison[]> {
  const executablePath = findProgram("chromium");
  if (executablePath === undefined) {
    console.log("  there is no program chromium on PATH, so this is left out");
    return [];
  }
  await using browser = await launchChromium(executablePath);
  return await measure(browser);
}

/** A page of a browser that has cached nothing, signed in where the server is ours. */
export async function withPage<Answer>(
  browser: Browser,
  server: TrackingServer,
  size: Size,
  act: (page: Page) => Promise<Answer>,
): Promise<Answer> {
  const context = await browser.newContext({ viewport: size });
  const page = await context.newPage();
  if (server.token !== "") await signIn(page, server);
  const answer = await act(page);
  await context.close();
  return answer;
}

async function signIn(page: Page, server: TrackingServer): Promise<void> {
  const transport = createHttpTransport(server.url);
  const { url } = await createClient(transport, server.token).createStudioLink({
    body: { path: "/sign-in" },
  });
  transport.close();
  // For the cookie alone: nothing of the page comes into the cache.
  await page.request.get(url, { maxRedirects: 0 });
}

const patienceMs = 120_000;

/**
 * From the navigation until the condition, an expression of the page's own, holds and is painted, in milliseconds. The
 * page itself looks, once a frame, and reads its own clock: a browser that is asked from outside has that to do too.
 */
export async function openUntil(page: Page, address: string, condition: string): Promise<number> {
  await page.addInitScript(`{
    const look = () => {
      if (document.body === null || !(${condition})) requestAnimationFrame(look);
      // Two frames after it is there it is painted.
      else requestAnimationFrame(() => requestAnimationFrame(() => { window.paintedAt = performance.now(); }));
    };
    requestAnimationFrame(look);
  }`);
  await page.goto(address, { waitUntil: "commit" });
  const deadline = performance.now() + patienceMs;
  while (performance.now() < deadline) {
    await systemClock.sleep(100);
    const painted = await page.evaluate<number | null>("window.paintedAt ?? null");
    if (painted !== null) return painted;
  }
  throw new Error(`${address} did not show what was waited for in ${patienceMs / 1000} seconds`);
}
