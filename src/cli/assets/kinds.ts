// The kinds of assets that have commands of their own, and the words for each.
import type { Environment } from "../../core/job-spec.ts";
import type { Problem } from "../../spec/text/problem.ts";
import type { DataContent } from "../../spec/assets/read-data.ts";
import type { ModelContent } from "../../spec/assets/read-model.ts";
import type { Overrides } from "../../spec/text/read-root.ts";

export type CommandKind = "data" | "environment" | "model";

export interface KindWords {
  /** As in "register a …". */
  singular: string;
  /** As in "list …". */
  plural: string;
  /** For examples. */
  example: string;
}

export const kindWords: Record<CommandKind, KindWords> = {
  data: { singular: "version of data", plural: "data", example: "iris" },
  environment: { singular: "version of an environment", plural: "environments", example: "sklearn" },
  model: { singular: "version of a model", plural: "models", example: "iris-tree" },
};

/** What a file and flags describe; local paths are still local. */
export interface AssetToRegister {
  name: string;
  version?: string;
  content: ContentToRegister;
  description: string;
  tags: Record<string, string>;
  properties: Record<string, string>;
  label?: string;
}

export type ContentToRegister =
  | ({ kind: "data" } & DataContent)
  | ({ kind: "model" } & ModelContent)
  | { kind: "environment"; environment: Environment };

/** Throws InvalidFile with every fault found. */
export async function readAsset(
  kind: CommandKind,
  file: string | undefined,
  options: Overrides,
): Promise<{ asset: AssetToRegister; warnings: Problem[] }> {
  switch (kind) {
    case "data": {
      const { readDataFile } = await import("../../spec/assets/read-data.ts");
      const { asset, warnings } = await readDataFile(file, options);
      return { asset: { ...asset, content: { kind, ...asset.content } }, warnings };
    }
    case "model": {
      const { readModelFile } = await import("../../spec/assets/read-model.ts");
      const { asset, warnings } = await readModelFile(file, options);
      return { asset: { ...asset, content: { kind, ...asset.content } }, warnings };
    }
    case "environment": {
      const { readEnvironmentFile } = await import("../../spec/assets/read-environment.ts");
      const { asset, warnings } = await readEnvironmentFile(file, options);
      return { asset: { ...asset, content: { kind, environment: asset.content } }, warnings };
    }
  }
}
