// Requests as odd as a test wants them: any header, any target, nothing made proper on the way.
import { connect } from "node:net";
import { readText } from "../../src/api/client.ts";
import { createHttpTransport } from "../../src/api/http-transport.ts";
import type { RawRequestBody } from "../../src/api/endpoint.ts";
import { contract } from "../../src/api/contract.ts";
import type { OperationId } from "../../src/api/contract.ts";
import type { EndpointShape } from "../../src/api/endpoint.ts";

export const endpoints = Object.entries(contract) as [OperationId, EndpointShape][];

/** The endpoint's path with these values, written as they are, for its parameters. */
export const targetOf = (shape: EndpointShape, values: Record<string, string> = {}): string =>
  shape.path.replaceAll(/:(\w+)/g, (_, name: string) => values[name] ?? "unknown");

export interface RawAnswer {
  status: number;
  headers: Record<string, string>;
  text: string;
}

export interface RawRequest {
  method: string;
  target: string;
  headers?: Record<string, string>;
  body?: RawRequestBody;
}

/** Answers with the status alone where the answer has no end. */
export async function sendRaw(url: string, request: RawRequest): Promise<RawAnswer> {
  const transport = createHttpTransport(url);
  try {
    const response = await transport({ headers: {}, ...request });
    const endless = response.headers["content-type"] === "text/event-stream";
    const text = endless ? "" : await readText(response.body);
    return { status: response.status, headers: response.headers, text };
  } finally {
    transport.close();
  }
}

/** Writes these bytes to the server's port and returns the status of what comes back; 0 when nothing does. */
export function sendBytes(url: string, text: string): Promise<number> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(Number(port), hostname, () => socket.write(text));
    socket.on("data", (chunk) => {
      answer += chunk.toString("latin1");
      if (answer.includes("\r\n")) socket.destroy();
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(Number(/^HTTP\/1\.\d (\d+)/.exec(answer)?.[1] ?? 0)));
  });
}
