// Opens the port: the one asked for, else the last one, else the usual one, else any free one.
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { Refused } from "../../core/refused.ts";
import type { createApp } from "./app.ts";
import type { ServerConfig } from "../config.ts";
import type { DirectWay } from "../mlflow/direct.ts";

export interface Listening {
  url: string;
  close(): Promise<void>;
}

export async function listen(
  app: ReturnType<typeof createApp>,
  direct: DirectWay,
  config: ServerConfig,
  lastPort?: number,
): Promise<Listening> {
  const answer = getRequestListener((request, bindings) => app.fetch(request, { ...bindings }));
  const server = createServer((incoming, outgoing) => {
    if (!direct(incoming, outgoing)) void answer(incoming, outgoing);
  });
  // Long answers (logs followed for days) and long uploads are normal here; the heads of requests are not.
  server.requestTimeout = 0;
  server.headersTimeout = 60_000;
  server.keepAliveTimeout = 60_000;
  const { host: where, port: wanted, portIsFixed } = config;
  if (portIsFixed) {
    if (!(await openIfFree(server, where, wanted))) {
      throw new Refused(
        "conflict",
        `port ${wanted} of ${where} is taken`,
        "stop what uses it, or choose another with --port",
      );
    }
  } else await openFirst(server, where, [...(lastPort === undefined ? [] : [lastPort]), wanted, 0]);
  const { port, address, family } = server.address() as AddressInfo;
  const anywhere = address === "0.0.0.0" || address === "::";
  const host = anywhere ? "127.0.0.1" : family === "IPv6" ? `[${address}]` : address;
  return { url: `http://${host}:${port}`, close: () => close(server) };
}

/** The last of the ports is 0, which is free always. */
async function openFirst(server: Server, host: string, ports: number[]): Promise<void> {
  for (const port of ports) if (await openIfFree(server, host, port)) return;
}

async function openIfFree(server: Server, host: string, port: number): Promise<boolean> {
  try {
    await open(server, host, port);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") return false;
    throw error;
  }
}

const open = (server: Server, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });

/** Lets the answers under way end, for a moment; then cuts what is left. */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), 1000);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
