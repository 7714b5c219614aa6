// The fields that the registry's requests share: names, tags, stages, aliases.
import { isModelName, latestLabel } from "../../core/asset.ts";
import { modelStages } from "../../store/registry-versions.ts";
import type { ModelStage } from "../../store/registry-versions.ts";
import { invalid } from "./error.ts";
import { objectsOf, optionalText, requiredText } from "./fields.ts";
import type { Fields } from "./fields.ts";

const longestText = 100_000;
const longestKey = 250;

/** For a model that is to be made; one that is looked up may be called anything. */
export function newModelName(fields: Fields, field: string): string {
  const name = requiredText(fields, field);
  if (isModelName(name)) return name;
  throw invalid(
    `Invalid model name: '${name.slice(0, 300)}'. A name has 1 to 255 characters, none of them '/', ':', '\\' or a control character, and no space at its ends`,
  );
}

export const descriptionOf = (fields: Fields): string =>
  optionalText(fields, "description", { max: longestText }) ?? "";

export function tagsOf(fields: Fields): Record<string, string> {
  return Object.fromEntries(
    objectsOf(fields, "tags").map((tag, index) => {
      const place = `tags[${index}]`;
      const key = requiredText(tag, "key", { place, max: longestKey });
      return [key, optionalText(tag, "value", { place, max: longestText }) ?? ""];
    }),
  );
}

export const tagOf = (fields: Fields): [key: string, value: string] => [
  requiredText(fields, "key", { max: longestKey }),
  optionalText(fields, "value", { max: longestText }) ?? "",
];

export function stageOf(word: string): ModelStage {
  const stage = modelStages.find((one) => one.toLowerCase() === word.toLowerCase());
  if (stage !== undefined) return stage;
  throw invalid(`Invalid Model Version stage: ${word}. Value must be one of ${modelStages.join(", ")}.`);
}

/** For an alias that is to be set. */
export function newAlias(fields: Fields): string {
  const alias = requiredText(fields, "alias", { max: 255 });
  if (!/^[\w-]+$/.test(alias)) {
    throw invalid(
      `Invalid alias name: '${alias}'. Names may only contain alphanumerics, underscores (_), and dashes (-).`,
    );
  }
  if (alias.toLowerCase() === latestLabel || /^v\d+$/i.test(alias)) {
    throw invalid(
      `Invalid alias name: '${alias}'. '${latestLabel}' (case insensitive) and a version's number such as 'v9' are reserved.`,
    );
  }
  return alias;
}
