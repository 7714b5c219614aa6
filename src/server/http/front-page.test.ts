import assert from "node:assert/strict";
import { it } from "node:test";
import { Hono } from "hono";
import type { HttpBindings } from "@hono/node-server";
import { addFrontPage } from "./front-page.ts";

const ask = async (path: string) => {
  const app = new Hono<{ Bindings: HttpBindings }>();
  addFrontPage(app);
  const response = await app.request(path);
  return { headers: response.headers, text: await response.text() };
};

it("the front page names the first commands and allows no script", async () => {
  const { headers, text } = await ask("/");
  assert.match(text, /trainyard job create -f job\.yml --stream/);
  assert.match(headers.get("content-security-policy") ?? "", /default-src 'none'/);
});

it("a run's page shows its name as text, whatever the address holds", async () => {
  const { text } = await ask(`/runs/${encodeURIComponent("<script>alert('x')</script>")}`);
  assert.ok(!text.includes("<script>"));
  assert.match(text, /&lt;script&gt;/);
});
