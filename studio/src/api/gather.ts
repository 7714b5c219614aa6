// Makes one request of what is asked for in a moment.

interface Asked<Key, Answer> {
  key: Key;
  resolve: (answer: Answer | undefined) => void;
  reject: (error: unknown) => void;
}

/**
 * Answers each key from what `send` answers for all that were asked for within `waitMs`, at most `most` of them at a
 * time; undefined: it had no answer for this one.
 */
export function gatherCalls<Key, Answer>(
  send: (keys: readonly Key[]) => Promise<(key: Key) => Answer | undefined>,
  { most, waitMs }: { most: number; waitMs: number },
): (key: Key) => Promise<Answer | undefined> {
  let asked: Asked<Key, Answer>[] = [];
  const sendAll = async () => {
    const all = asked;
    asked = [];
    for (let at = 0; at < all.length; at += most) {
      const some = all.slice(at, at + most);
      try {
        const answerOf = await send(some.map(({ key }) => key));
        for (const { key, resolve } of some) resolve(answerOf(key));
      } catch (error) {
        for (const { reject } of some) reject(error);
      }
    }
  };
  return (key) =>
    new Promise((resolve, reject) => {
      if (asked.length === 0) setTimeout(() => void sendAll(), waitMs);
      asked.push({ key, resolve, reject });
    });
}
