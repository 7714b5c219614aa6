// Work that several want at the same time is done once: whoever comes later waits for the same result.

export type SharedWork = <T>(
  key: string,
  signal: AbortSignal,
  act: (signal: AbortSignal) => Promise<T>,
) => Promise<T>;

interface Running {
  result: Promise<unknown>;
  waiting: number;
  stop: AbortController;
}

/** The work goes on while anybody waits for it, and is aborted when nobody does any more. */
export function createSharedWork(): SharedWork {
  const running = new Map<string, Running>();

  function begin(key: string, act: (signal: AbortSignal) => Promise<unknown>): Running {
    const stop = new AbortController();
    const work: Running = { result: act(stop.signal), waiting: 0, stop };
    const forget = () => void (running.get(key) === work && running.delete(key));
    work.result.then(forget, forget);
    running.set(key, work);
    return work;
  }

  return async <T>(key: string, signal: AbortSignal, act: (signal: AbortSignal) => Promise<T>) => {
    signal.throwIfAborted();
    const work = running.get(key) ?? begin(key, act);
    work.waiting += 1;
    try {
      // One key is one kind of work, so the result is of the type that this caller's own act would give.
      return (await orAborted(work.result, signal)) as T;
    } finally {
      work.waiting -= 1;
      if (work.waiting === 0) {
        // Nobody may join what is about to fail.
        if (running.get(key) === work) running.delete(key);
        work.stop.abort(new Error("nobody waits for it any more"));
      }
    }
  };
}

export function orAborted<T>(wait: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason as Error);
    if (signal.aborted) return stop();
    signal.addEventListener("abort", stop, { once: true });
    const done = () => signal.removeEventListener("abort", stop);
    wait.then(resolve, reject).finally(done);
  });
}
