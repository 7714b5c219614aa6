// The YAML language server that editors run, spoken to as an editor does: JSON-RPC over its stdin and stdout.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import process from "node:process";

export interface Diagnostic {
  message: string;
  range: { start: { line: number; character: number } };
}

export interface LanguageServer extends AsyncDisposable {
  /** Opens a file and answers what the server has to say about it. */
  open(uri: string, text: string): Promise<Diagnostic[]>;
  ask(method: string, params: object): Promise<unknown>;
}

interface Message {
  id?: number | string;
  method?: string;
  params?: unknown;
  result?: unknown;
  error?: { message: string };
}

/** `settings` is what an editor keeps under `yaml`. */
export async function startLanguageServer(settings: object): Promise<LanguageServer> {
  const packageFile = createRequire(import.meta.url).resolve("yaml-language-server/package.json");
  const program = path.join(path.dirname(packageFile), "bin", "yaml-language-server");
  const child = spawn(process.execPath, [program, "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const answers = new Map<number, (message: Message) => void>();
  const verdicts = new Map<string, (diagnostics: Diagnostic[]) => void>();
  let lastId = 0;

  const send = (message: Message) => {
    const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...message }));
    child.stdin.write(`Content-Length: ${body.length}\r\n\r\n`);
    child.stdin.write(body);
  };
  const ask = (method: string, params: object) =>
    new Promise<unknown>((resolve, reject) => {
      const id = ++lastId;
      answers.set(id, ({ result, error }) => (error ? reject(new Error(error.message)) : resolve(result)));
      send({ id, method, params });
    });
  const hear = (message: Message) => {
    const { id, method, params } = message;
    if (method === undefined && typeof id === "number") return answers.get(id)?.(message);
    if (method === "workspace/configuration" && id !== undefined) {
      const { items } = params as { items: { section?: string }[] };
      return send({ id, result: items.map(({ section }) => (section === "yaml" ? settings : {})) });
    }
    if (method === "textDocument/publishDiagnostics") {
      const { uri, diagnostics } = params as { uri: string; diagnostics: Diagnostic[] };
      return verdicts.get(uri)?.(diagnostics);
    }
    if (id !== undefined) send({ id, result: null });
  };
  child.stdout.on("data", readMessages(hear));

  await ask("initialize", {
    processId: process.pid,
    rootUri: null,
    capabilities: { workspace: { configuration: true }, textDocument: { completion: {}, hover: {} } },
  });
  send({ method: "initialized", params: {} });
  send({ method: "workspace/didChangeConfiguration", params: { settings: { yaml: settings } } });

  return {
    ask,
    open(uri, text) {
      const verdict = new Promise<Diagnostic[]>((resolve) => verdicts.set(uri, resolve));
      const textDocument = { uri, languageId: "yaml", version: 1, text };
      send({ method: "textDocument/didOpen", params: { textDocument } });
      return verdict;
    },
    async [Symbol.asyncDispose]() {
      child.kill();
      await ended;
    },
  };
}

function readMessages(hear: (message: Message) => void): (chunk: Buffer) => void {
  let rest = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const head = rest.indexOf("\r\n\r\n");
      const length =
        head < 0 ? undefined : /Content-Length: (\d+)/i.exec(rest.toString("latin1", 0, head))?.[1];
      if (length === undefined || rest.length < head + 4 + Number(length)) return;
      const end = head + 4 + Number(length);
      hear(JSON.parse(rest.toString("utf8", head + 4, end)) as Message);
      rest = rest.subarray(end);
    }
  };
}
