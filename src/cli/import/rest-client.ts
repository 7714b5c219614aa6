// Talks MLflow's REST interface to one server: JSON in and out, files streamed, patient when the server is busy.
import { readText, Unreachable } from "../../api/client.ts";
import type { TransportResponse } from "../../api/client.ts";
import { createHttpTransport } from "../../api/http-transport.ts";
import type { Clock } from "../../lib/clock.ts";
import { retry } from "../../lib/retry.ts";
import { BrokenSource } from "./source.ts";

export interface RestClientOptions {
  /** Scheme, host and what comes before `/api`. */
  url: string;
  /** The value of the Authorization header. */
  authorization?: string | undefined;
  clock: Clock;
  signal: AbortSignal;
}

type Fields = Readonly<Record<string, unknown>>;

export interface RestClient {
  get(path: string, query?: Readonly<Record<string, string | number | undefined>>): Promise<Fields>;
  send(method: "POST" | "PATCH" | "DELETE", path: string, body: Fields): Promise<Fields>;
  /** The bytes; undefined when there is no such file. */
  bytes(path: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array> | undefined>;
  close(): void;
}

/** The server said no. `code` is MLflow's word for why. */
export class RestRefused extends Error {
  readonly code: string;
  readonly status: number;
  constructor(message: string, code: string, status: number) {
    super(message);
    this.name = "RestRefused";
    this.code = code;
    this.status = status;
  }
}

const busy = new Set([408, 429, 500, 502, 503, 504]);

export function createRestClient({ url, authorization, clock, signal }: RestClientOptions): RestClient {
  const transport = createHttpTransport(url);
  const plain: Record<string, string> = authorization === undefined ? {} : { authorization };

  const ask = (method: string, target: string, own: AbortSignal, body?: string): Promise<TransportResponse> =>
    retry(
      async () => {
        const headers = { ...plain, ...(body !== undefined && { "content-type": "application/json" }) };
        const response = await transport({
          method,
          target,
          headers,
          signal: own,
          ...(body !== undefined && { body }),
        });
        if (response.status === 200) return response;
        throw refusalOf(response.status, await readText(response.body), `${method} ${url}${target}`);
      },
      {
        clock,
        signal: own,
        firstMs: 200,
        tries: 5,
        worthRetrying: (error) =>
          error instanceof Unreachable || (error instanceof RestRefused && busy.has(error.status)),
      },
    ).catch((error: unknown) => {
      if (own.aborted || !(error instanceof Unreachable)) throw error;
      const why = error.cause instanceof Error ? `: ${error.cause.message}` : "";
      throw new BrokenSource(
        `no answer from ${url}${why}`,
        "is the address right, and does that server run?",
      );
    });
  const fieldsOf = async (response: TransportResponse): Promise<Fields> => {
    const text = await readText(response.body);
    try {
      const value: unknown = JSON.parse(text === "" ? "{}" : text);
      if (typeof value === "object" && value !== null) return value as Fields;
    } catch {
      // Said below.
    }
    throw new BrokenSource(
      `${url} does not answer as an MLflow server does: ${JSON.stringify(text.slice(0, 80))}`,
      "is it the address of the server itself, as in MLFLOW_TRACKING_URI?",
    );
  };

  return {
    async get(path, query = {}) {
      const words = new URLSearchParams();
      for (const [name, value] of Object.entries(query)) {
        if (value !== undefined) words.set(name, String(value));
      }
      const text = words.toString();
      return fieldsOf(await ask("GET", text === "" ? path : `${path}?${text}`, signal));
    },
    send: async (method, path, body) => fieldsOf(await ask(method, path, signal, JSON.stringify(body))),
    async bytes(path, own) {
      try {
        return (await ask("GET", path, own)).body;
      } catch (error) {
        if (error instanceof RestRefused && error.status === 404) return undefined;
        throw error;
      }
    },
    close: () => transport.close(),
  };
}

function refusalOf(status: number, text: string, what: string): RestRefused | BrokenSource {
  if (status === 401 || status === 403) {
    return new BrokenSource(
      `${what} was answered ${status}: not allowed`,
      "give a token or a user's name and password as MLflow's clients take them: MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or ~/.mlflow/credentials",
    );
  }
  let said: { error_code?: unknown; message?: unknown } = {};
  try {
    said = JSON.parse(text) as typeof said;
  } catch {
    // A page of a proxy, say.
  }
  const message = typeof said?.message === "string" ? said.message : text.slice(0, 200);
  const code = typeof said?.error_code === "string" ? said.error_code : String(status);
  return new RestRefused(`${what} was answered ${status}: ${message}`, code, status);
}
