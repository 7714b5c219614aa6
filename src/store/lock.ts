// One server a home: a lock that the kernel takes back when its holder dies, however it dies.
import { DatabaseSync } from "node:sqlite";

/** Holds the lock until the function it returns is called; undefined when another process has it. */
export function takeLock(file: string): (() => void) | undefined {
  const database = new DatabaseSync(file);
  try {
    // SQLite's exclusive lock is a file lock of the operating system; nothing is ever written here.
    database.exec("pragma busy_timeout = 0");
    database.exec("begin exclusive");
    return () => database.close();
  } catch {
    database.close();
    return undefined;
  }
}
