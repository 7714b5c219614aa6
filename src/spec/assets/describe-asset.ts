// An asset in the words of its YAML, so that what is shown can be registered again.
import { latestLabel, type AssetContent, type AssetVersion } from "../../core/asset.ts";
import type { AssetDialect } from "./asset-fields.ts";
import { buildC, describeInline, dockerA, sourceA, sourceText, withoutAbsent } from "../describe-job.ts";

/** Without the keys that a server fills in (id, creation_context, …). Absent members are left out. */
export function describeAsset(
  asset: Pick<
    AssetVersion,
    "name" | "version" | "content" | "description" | "tags" | "properties" | "labels"
  >,
  dialect: AssetDialect = "C",
): Record<string, unknown> {
  const { name, version, content, description, tags, properties } = asset;
  const hasProperties = dialect === "C" ? content.kind !== "environment" : content.kind === "model";
  return withoutAbsent({
    name,
    version,
    description: description === "" ? undefined : description,
    tags,
    properties: hasProperties && Object.keys(properties).length > 0 ? properties : undefined,
    stage: content.kind === "model" && dialect === "C" ? stageOf(asset.labels) : undefined,
    ...describeContent(content, dialect),
  });
}

const stages = ["production", "staging", "development"];

/** The label that says how far a model has come, among those that people give. */
export const stageOf = (labels: readonly string[]): string | undefined => {
  const own = labels.filter((label) => label !== latestLabel);
  return stages.flatMap((stage) => own.filter((label) => label.toLowerCase() === stage))[0];
};

function describeContent(content: AssetContent, dialect: AssetDialect): Record<string, unknown> {
  switch (content.kind) {
    case "data":
      return dialect === "A"
        ? placeA(content.source)
        : { type: content.type, path: sourceText(content.source) };
    case "model": {
      const { type, source, flavors } = content;
      return dialect === "A" ? { ...placeA(source), flavors } : { type, path: sourceText(source), flavors };
    }
    case "environment":
      return describeInline(content.environment, dialect === "A" ? dockerA : buildC);
    case "code":
      return { path: sourceText(content.source) };
  }
}

/** In dialect A a reference is a path too. */
function placeA(source: Parameters<typeof sourceA>[0]): Record<string, unknown> {
  const described = sourceA(source);
  return typeof described === "object" && described !== null ? { ...described } : { path: described };
}
