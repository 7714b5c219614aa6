// A sweep's progress as one line: a bar, how many trials have ended and how, and the best so far.

const width = 20;

/** From the reason that a sweep gives while it runs; undefined when it is about something else. */
export function sweepBar(reason: string): string | undefined {
  const match = /^(\d+) of (\d+) trials ended/.exec(reason);
  if (!match) return undefined;
  const [ended, total] = [Number(match[1]), Number(match[2])];
  const full = total === 0 ? width : Math.round((width * ended) / total);
  return `[${"#".repeat(full)}${".".repeat(width - full)}] ${reason}`;
}
