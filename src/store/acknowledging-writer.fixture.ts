// Writes events for ever, many at once, and prints the name of each when the store has acknowledged it.
import { recordEvent } from "./events.ts";
import { openStore } from "./store.ts";

const [file = "", prefix = ""] = process.argv.slice(2);
const store = await openStore(file);

async function writeFor(writer: number): Promise<void> {
  for (let turn = 0; ; turn++) {
    const name = `${prefix}-${writer}-${turn}`;
    await store.write((tx) => recordEvent(tx, 1, name, { kind: "run.changed", fields: [] }));
    process.stdout.write(`${name}\n`);
  }
}

await Promise.all(Array.from({ length: 8 }, (_, writer) => writeFor(writer)));
