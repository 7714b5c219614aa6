// The series that were sampled of machines, by what they measure: system/cpu_utilization_percentage, and with a
// node's name between, system/node-1/gpu_0_memory_usage_megabytes.
import { systemPrefix } from "../run/metric-kinds.ts";

export interface SystemGroup {
  title: string;
  names: string[];
}

const kinds: readonly [RegExp, string][] = [
  [/^cpu/, "Processor"],
  [/^(system_)?memory|^swap/, "Memory"],
  [/^gpu/, "GPU"],
  [/^disk/, "Disk"],
  [/^network/, "Network"],
];
const other = "Other";

/** In the order of the list above, names by their number. */
export function systemGroups(names: readonly string[]): SystemGroup[] {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const measured = name.slice(systemPrefix.length).split("/").at(-1)!;
    const title = kinds.find(([pattern]) => pattern.test(measured))?.[1] ?? other;
    groups.set(title, [...(groups.get(title) ?? []), name]);
  }
  const order = new Intl.Collator("en", { numeric: true });
  return [...kinds.map(([, title]) => title), other].flatMap((title) => {
    const own = groups.get(title);
    return own ? [{ title, names: own.sort(order.compare) }] : [];
  });
}

/** Whether it tells a part of a hundred. */
export const isShare = (name: string): boolean =>
  name.startsWith(systemPrefix) && name.endsWith("_percentage");

/** `system/node-1/gpu_0_utilization_percentage` → `node-1 gpu 0 utilization, %`. */
export function titleOf(name: string): string {
  const words = name.slice(systemPrefix.length).replaceAll("/", " ").replaceAll("_", " ");
  return words
    .replace(/ percentage$/, ", %")
    .replace(/ megabytes$/, ", MB")
    .replace(/ gigabytes$/, ", GB")
    .replace(/ watts$/, ", W");
}
