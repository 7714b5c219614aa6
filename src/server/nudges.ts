// "Something changed": wakes whoever waits on a topic. A hint only; who is woken reads the truth again.

export class Nudges {
  readonly #counts = new Map<string, number>();
  readonly #waiting = new Map<string, Set<() => void>>();

  nudge(topic: string): void {
    this.#counts.set(topic, this.count(topic) + 1);
    const waiting = this.#waiting.get(topic);
    this.#waiting.delete(topic);
    for (const wake of waiting ?? []) wake();
  }

  /** Take it before reading, so that a nudge between the read and the wait is not lost. */
  count(topic: string): number {
    return this.#counts.get(topic) ?? 0;
  }

  /** Resolves after a nudge later than `count`, after `timeoutMs`, or when the signal aborts. */
  wait(topic: string, count: number, timeoutMs: number, signal?: AbortSignal): Promise<void> {
    if (this.count(topic) !== count || signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        this.#waiting.get(topic)?.delete(done);
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      signal?.addEventListener("abort", done, { once: true });
      const waiting = this.#waiting.get(topic) ?? new Set();
      waiting.add(done);
      this.#waiting.set(topic, waiting);
    });
  }

  /** Forgets a topic that will not be nudged again. */
  forget(topic: string): void {
    this.nudge(topic);
    this.#counts.delete(topic);
  }
}

export const topics = {
  events: "events",
  orders: (agent: string) => `orders ${agent}`,
  /** An agent has asked for orders. */
  heard: (agent: string) => `heard ${agent}`,
  growth: (growingId: string) => `growth ${growingId}`,
} as const;
