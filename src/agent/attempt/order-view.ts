// What the server wants of one attempt, as last heard: the agent's loop writes it, the attempt's story waits on it.
import type { StopReason } from "../../core/job.ts";

export interface Wish {
  go: boolean;
  stop: StopReason | null;
  queueReason: string;
  /** Those it has been given, in order of rank. */
  nodes: readonly GrantedNode[];
}

export interface GrantedNode {
  name: string;
  gpus?: number[] | undefined;
}

export interface OrderView {
  get(): Wish;
  set(wish: Wish): void;
  /** Resolves with the first wish, the present one included, of which this is true. */
  until(isReached: (wish: Wish) => boolean, signal: AbortSignal): Promise<Wish>;
}

export function createOrderView(initial: Wish): OrderView {
  let wish = initial;
  const waiting = new Set<() => void>();
  return {
    get: () => wish,
    set(next) {
      wish = next;
      for (const check of waiting) check();
    },
    until: (isReached, signal) =>
      new Promise((resolve, reject) => {
        const leave = () => {
          waiting.delete(check);
          signal.removeEventListener("abort", giveUp);
        };
        const check = () => {
          if (!isReached(wish)) return;
          leave();
          resolve(wish);
        };
        const giveUp = () => {
          leave();
          reject(signal.reason as Error);
        };
        if (signal.aborted) return giveUp();
        signal.addEventListener("abort", giveUp, { once: true });
        waiting.add(check);
        check();
      }),
  };
}
