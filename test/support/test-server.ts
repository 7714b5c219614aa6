// The real server on a home of its own, at any free port, inside the test's process. Only the engine is not real.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createClient } from "../../src/api/client.ts";
import type { Client } from "../../src/api/client.ts";
import { createHttpTransport } from "../../src/api/http-transport.ts";
import { homeLayout } from "../../src/core/home.ts";
import type { Level } from "../../src/lib/log.ts";
import type { ServerConfig } from "../../src/server/config.ts";
import { createTokens } from "../../src/server/http/tokens.ts";
import type { Tokens } from "../../src/server/http/tokens.ts";
import { startServer } from "../../src/server/start.ts";
import { createRecordingEngine } from "./recording-engine.ts";
import type { RecordingEngine } from "./recording-engine.ts";
import { makeTempFolder } from "./temp-folder.ts";

export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly home: string;
  readonly token: string;
  readonly tokens: Tokens;
  /** With the person's token. */
  readonly client: Client;
  readonly engine: RecordingEngine;
  clientWith(token: string): Client;
  /** A request as plain as it comes, with the person's token unless another is given. */
  fetch(target: string, init?: RequestInit & { token?: string }): Promise<Response>;
  /** Ends this server and starts another on the same home. */
  restart(): Promise<void>;
}

export interface TestServerOptions {
  allowedHosts?: string[];
  /** Default: errors only. */
  logLevel?: Level;
}

/** Any free port, errors only. */
export const testConfig = (home: string): ServerConfig => ({
  home,
  host: "127.0.0.1",
  port: 0,
  portIsFixed: false,
  allowedHosts: [],
  logLevel: "error",
  workspaceName: "test",
  gcHours: 0,
});

export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const folder = await makeTempFolder();
  const home = join(folder.path, "home");
  const engine = createRecordingEngine();
  const transports: { close(): void }[] = [];
  const start = () =>
    startServer(
      {
        ...testConfig(home),
        allowedHosts: options.allowedHosts ?? [],
        logLevel: options.logLevel ?? "error",
      },
      {},
      () => engine,
    );
  const stop = async () => {
    for (const transport of transports.splice(0)) transport.close();
    server.stop();
    await server.ended;
  };
  const clientWith = (token: string) => {
    const transport = createHttpTransport(server.url);
    transports.push(transport);
    return createClient(transport, token);
  };

  let server = await start();
  const token = (await readFile(join(home, homeLayout.tokenFile), "utf8")).trim();
  const secret = (await readFile(join(home, homeLayout.secretFile), "utf8")).trim();
  let client = clientWith(token);

  return {
    get url() {
      return server.url;
    },
    get client() {
      return client;
    },
    home,
    token,
    tokens: createTokens(token, secret),
    engine,
    clientWith,
    fetch: (target, { token: other = token, headers, ...init } = {}) =>
      fetch(server.url + target, {
        ...init,
        headers: {
          ...(other !== "" && { authorization: `Bearer ${other}` }),
          ...(headers as Record<string, string> | undefined),
        },
      }),
    async restart() {
      await stop();
      server = await start();
      client = clientWith(token);
    },
    async [Symbol.asyncDispose]() {
      await stop();
      await folder[Symbol.asyncDispose]();
    },
  };
}
