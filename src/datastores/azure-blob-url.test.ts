import assert from "node:assert/strict";
import { it } from "node:test";
import { azureBlobUrl } from "./azure-blob-url.ts";

const account_name = "acme";

for (const [settings, url] of [
  [{}, "https://acme.blob.core.windows.net"],
  [{ endpoint: "core.chinacloudapi.cn" }, "https://acme.blob.core.chinacloudapi.cn"],
  [{ endpoint: "core.windows.net", protocol: "http" }, "http://acme.blob.core.windows.net"],
  [{ endpoint: "127.0.0.1:10000", protocol: "http" }, "http://127.0.0.1:10000/acme"],
  [{ endpoint: "localhost", protocol: "http" }, "http://localhost/acme"],
  [{ endpoint: "http://azurite:10000/acme" }, "http://azurite:10000/acme"],
  [{ endpoint: "http://azurite:10000/" }, "http://azurite:10000/acme"],
  [{ endpoint: "https://acme.blob.core.windows.net/" }, "https://acme.blob.core.windows.net"],
] as const) {
  it(`the address of an account with ${JSON.stringify(settings)} is ${url}`, () => {
    assert.equal(azureBlobUrl({ account_name, ...settings }), url);
  });
}
