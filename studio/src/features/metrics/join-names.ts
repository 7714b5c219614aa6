// Metrics that are one thing at different times of a training, such as train/loss and val/loss: one chart.

export interface JoinedName {
  /** What they have in common; the name itself of one that stands alone. */
  name: string;
  members: string[];
}

const phases = /^(train|training|val|valid|validation|dev|test|testing|eval|evaluation)$/i;

/** In the order of the first member of each. */
export function joinNames(names: readonly string[]): JoinedName[] {
  const groups = Map.groupBy(names, (name) => withoutPhase(name));
  return [...groups].map(([name, members]) =>
    members.length === 1 ? { name: members[0]!, members } : { name, members },
  );
}

/** `val_loss` → `loss`. What is nothing but a phase stays as it is. */
function withoutPhase(name: string): string {
  const rest = partsOf(name).filter(({ word }) => !phases.test(word));
  return rest.length === 0
    ? name
    : rest.map(({ word, sign }, at) => (at === 0 ? word : sign + word)).join("");
}

/** `loss` of `val_loss` → `val`; a name without a phase is called as it is. */
export function phaseOf(name: string): string {
  const words = partsOf(name).filter(({ word }) => phases.test(word));
  return words.map(({ word }) => word).join(" ") || name;
}

/** Words, each with the sign before it. */
const partsOf = (name: string): { word: string; sign: string }[] =>
  [...name.matchAll(/(^|[/_.\- ])([^/_.\- ]*)/g)].map(([, sign = "", word = ""]) => ({ sign, word }));
