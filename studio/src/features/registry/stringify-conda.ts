// A conda file as text: its few shapes need no library.
import type { CondaFile } from "../../../../src/core/job-spec.ts";

type Conda = { [Key in keyof CondaFile]?: CondaFile[Key] | undefined };

/** Quoted where YAML would read a plain word as something else. */
const word = (text: string): string =>
  /^[A-Za-z][\w.+=<>/ -]*$/.test(text) && !/\s$|^(?:true|false|yes|no|on|off|null)$/i.test(text)
    ? text
    : JSON.stringify(text);

export function stringifyConda({ name, channels, dependencies, variables }: Conda): string {
  const lines: string[] = [];
  if (name !== undefined) lines.push(`name: ${word(name)}`);
  if (channels) lines.push("channels:", ...channels.map((channel) => `  - ${word(channel)}`));
  if (dependencies) {
    lines.push("dependencies:");
    for (const one of dependencies) {
      if (typeof one === "string") lines.push(`  - ${word(one)}`);
      else lines.push("  - pip:", ...one.pip.map((line) => `      - ${word(line)}`));
    }
  }
  if (variables) {
    lines.push(
      "variables:",
      ...Object.entries(variables).map(([key, value]) => `  ${key}: ${JSON.stringify(value)}`),
    );
  }
  return lines.join("\n");
}
