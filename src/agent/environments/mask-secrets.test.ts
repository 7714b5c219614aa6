import assert from "node:assert/strict";
import { test } from "node:test";
import { maskSecrets } from "./mask-secrets.ts";

const table: [text: string, masked: string][] = [
  ["--index-url https://me:word@a.example/simple", "--index-url https://***@a.example/simple"],
  ["b @ git+https://ghp_token@a.example/b@main", "b @ git+https://***@a.example/b@main"],
  ["https://a.example/x.whl?sv=1&sig=abc%2F&se=2", "https://a.example/x.whl?sv=1&sig=***&se=2"],
  ["https://a.example/b@main", "https://a.example/b@main"],
  ["https://me:p@ss@a.example/", "https://***@a.example/"],
  ["six==1.16.0", "six==1.16.0"],
];

for (const [text, masked] of table)
  test(`${masked} shows no secret`, () => assert.equal(maskSecrets(text), masked));
