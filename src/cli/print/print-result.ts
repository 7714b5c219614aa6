// Prints a command's result the way -o and --query ask for.
import type { CommonOptions } from "../define-command.ts";
import { UsageError } from "../fail.ts";
import type { Context } from "../context.ts";
import { renderTable } from "./table.ts";
import type { TableColumns } from "./table.ts";
import { renderTsv } from "./tsv.ts";

export async function printResult(
  result: unknown,
  options: CommonOptions,
  context: Context,
  columns?: TableColumns,
): Promise<void> {
  const { io } = context;
  const plain = toPlain(result);
  const picked = options.query === undefined ? plain : await pick(plain, options.query);
  if (options.query !== undefined && picked === null) return;
  const text = await render(picked, options, context, options.query === undefined ? columns : undefined);
  if (text !== "") await io.write(text);
}

async function render(
  value: unknown,
  options: CommonOptions,
  { config, io }: Context,
  columns: TableColumns | undefined,
): Promise<string> {
  const colored = config.color.value && io.stdoutIsTerminal;
  switch (options.output ?? "json") {
    case "none":
      return "";
    case "tsv":
      return renderTsv(value);
    case "table":
      return renderTable(value, columns);
    case "json":
      return `${JSON.stringify(value, null, 2)}\n`;
    case "jsonc": {
      const json = `${JSON.stringify(value, null, 2)}\n`;
      return colored ? (await import("./color.ts")).colorJson(json) : json;
    }
    case "yaml":
    case "yamlc": {
      const yaml = (await import("yaml")).stringify(value, { lineWidth: 0 });
      return colored && options.output === "yamlc" ? (await import("./color.ts")).colorYaml(yaml) : yaml;
    }
  }
}

async function pick(value: Json, query: string): Promise<Json> {
  const { search } = await import("@jmespath-community/jmespath");
  try {
    return toPlain(search(value, query));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(
      `--query ${JSON.stringify(query)} is not JMESPath: ${reason}`,
      'Examples: --query name · --query "[].{Name:name, Status:status}" · --query "[?status==\'Failed\'].name"',
    );
  }
}

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** The value as JSON sees it: undefined members are gone. */
function toPlain(value: unknown): Json {
  if (value === undefined || value === null) return null;
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (Array.isArray(value)) return value.map(toPlain);
  if (typeof value !== "object") return null;
  const plain: { [key: string]: Json } = {};
  for (const [key, member] of Object.entries(value)) {
    if (member !== undefined) plain[key] = toPlain(member);
  }
  return plain;
}
