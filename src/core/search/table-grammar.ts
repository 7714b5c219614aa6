// What Studio's table of runs may be filtered and sorted by: all that MLflow knows, and what jobs have besides.
import { runGrammar, words } from "./grammar.ts";
import type { Grammar, ValueKind } from "./grammar.ts";

export const tableGrammar: Grammar = {
  ...runGrammar,
  entities: new Map([...runGrammar.entities, ...words("minimum", "maximum")]),
  orderEntities: [...runGrammar.orderEntities, "minimum", "maximum"],
  attributes: new Map<string, ValueKind>([
    ...runGrammar.attributes,
    ["state", "listed text"],
    ["experiment", "listed text"],
    // In seconds; a run that goes on has none yet.
    ["duration", "number"],
    ["parent", "label"],
  ]),
  aliases: new Map([...runGrammar.aliases, ["name", "run_name"], ["user", "user_id"]]),
  orderAttributes: [...runGrammar.orderAttributes, "state", "experiment", "duration"],
};
