// MLflow's meta.yaml: short texts by name. Numbers stay texts, since its ids have more digits than a number holds.
import { isMap, isScalar, isSeq, parseDocument } from "yaml";
import { BrokenSource } from "./source.ts";

export class MetaFile {
  readonly #values: ReadonlyMap<string, unknown>;

  /** `name` is the file's, for messages. */
  constructor(text: string, name: string) {
    const document = parseDocument(text, { schema: "failsafe" });
    const [error] = document.errors;
    if (error) throw new BrokenSource(`${name} is no YAML: ${error.message.split("\n")[0]}`);
    const { contents } = document;
    if (!isMap(contents)) throw new BrokenSource(`${name} is empty or holds no names and values`);
    this.#values = new Map(contents.items.map(({ key, value }) => [String(key), plain(value)]));
  }

  text(name: string): string | undefined {
    const value = this.#values.get(name);
    return typeof value === "string" ? value : undefined;
  }

  number(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = Math.trunc(Number(text));
    if (Number.isSafeInteger(value)) return value;
    throw new BrokenSource(`${name} is ${JSON.stringify(text)}, expected a whole number`);
  }

  /** Names and texts below a name. */
  pairs(name: string): [string, string][] {
    const value = this.#values.get(name);
    return value instanceof Map
      ? [...(value as Map<string, unknown>)].flatMap(([key, inner]) =>
          typeof inner === "string" ? [[key, inner] as [string, string]] : [],
        )
      : [];
  }
}

/** A word that is written plainly and means nothing is nothing; quoted it is a text. */
function plain(node: unknown): unknown {
  if (isScalar(node)) {
    const isNull = node.type === "PLAIN" && /^(null|Null|NULL|~|)$/.test(String(node.value));
    return isNull ? undefined : String(node.value);
  }
  if (isMap(node)) return new Map(node.items.map(({ key, value }) => [String(key), plain(value)]));
  return isSeq(node) ? node.items.map(plain) : undefined;
}
