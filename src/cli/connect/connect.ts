// Gets a client of the right server: the one that TRAINYARD_URL names, else the one of the home folder.
import type { Client } from "../../api/client.ts";
import type { Context } from "../context.ts";
import { CommandFailed, UsageError } from "../fail.ts";
import { packageVersion } from "../package-version.ts";
import { findServer, isAlive, readServerFile, readToken } from "./find-server.ts";

export interface Connection extends Disposable {
  url: string;
  client: Client;
  /** Lets the process end. */
  close(): void;
}

export interface Address {
  url: string;
  token: string;
}

export interface ConnectOptions {
  /**
   * Which server to start when none runs: `any` for a command that begins. For one that is under way `crashed`,
   * because a server that somebody stopped should stay stopped.
   */
  start?: "any" | "crashed";
}

/** Starts the server of the home folder when it is not running. */
export async function connect(context: Context, options: ConnectOptions = {}): Promise<Connection> {
  // Begun before the contract is loaded: the server starts while this process still reads its own code.
  const address = resolveAddress(context, options);
  const modules = loadClient();
  const [{ url, token }, { createClient, createHttpTransport }] = await Promise.all([address, modules]);
  const transport = createHttpTransport(url);
  const close = () => transport.close();
  return { url, client: createClient(transport, token), close, [Symbol.dispose]: close };
}

async function loadClient() {
  const [client, transport] = await Promise.all([
    import("../../api/client.ts"),
    import("../../api/http-transport.ts"),
  ]);
  return { createClient: client.createClient, createHttpTransport: transport.createHttpTransport };
}

/** Where the right server is and what proves who asks; starts it when it is not running. */
export async function resolveAddress(context: Context, options: ConnectOptions = {}): Promise<Address> {
  const { config } = context;
  const url = config.url.value;
  if (url !== undefined) return { url: checkUrl(url), token: await tokenFor(url, context) };
  const server = await startOrFind(context, options);
  const token = config.token.value ?? (await readToken(config.home.value));
  if (token === undefined) {
    throw new CommandFailed(`the server runs, but there is no token in ${config.home.value}`, {
      hint: "Restart it (`trainyard server stop`, then `trainyard server start`), or set TRAINYARD_TOKEN.",
    });
  }
  return { url: server, token };
}

async function startOrFind(context: Context, { start = "any" }: ConnectOptions): Promise<string> {
  const { config, clock, io } = context;
  const home = config.home.value;
  const found = await findServer(home);
  if (found.state === "running") {
    const ours = packageVersion();
    if (found.version !== ours) {
      io.note(
        `note: the server is version ${found.version} and this command line is ${ours}. To bring them together: trainyard server stop`,
      );
    }
    return found.server.url;
  }
  if (found.state === "silent") {
    throw new CommandFailed(
      `the server at ${found.server.url} (process ${found.server.pid}) does not answer`,
      {
        hint: `Look at server.log in ${home}, or stop it: trainyard server stop`,
      },
    );
  }
  // While it ends in good order it takes no calls any more, but its process lives and its file is there.
  const wasStopped = found.state === "absent" || isAlive(found.server.pid);
  if (start === "crashed" && wasStopped) throw new CommandFailed("the server was stopped");
  const { ensureServer } = await import("./start-server.ts");
  const started = await ensureServer({ home, clock });
  if (started.fresh) io.detail(`started the server at ${started.server.url}`);
  return started.server.url;
}

function checkUrl(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol !== "http:" && parsed?.protocol !== "https:") {
    throw new UsageError(
      `TRAINYARD_URL is ${JSON.stringify(url)}, which is not an address`,
      "Give it like this: http://127.0.0.1:7171",
    );
  }
  return url.replace(/\/+$/, "");
}

/** The home folder's token goes to the home folder's own server only, never to a stranger's address. */
async function tokenFor(url: string, { config }: Context): Promise<string> {
  if (config.token.value !== undefined) return config.token.value;
  const home = config.home.value;
  const own = await readServerFile(home);
  const token = own && new URL(own.url).origin === new URL(url).origin ? await readToken(home) : undefined;
  if (token !== undefined) return token;
  throw new UsageError(
    "TRAINYARD_URL is set, but TRAINYARD_TOKEN is not",
    "Set it to your token on that server (the file `token` in its TRAINYARD_HOME), or unset TRAINYARD_URL to use a server of your own.",
  );
}
