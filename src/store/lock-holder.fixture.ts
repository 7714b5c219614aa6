// Takes the lock, says whether it got it, and holds it until the process is killed.
import { takeLock } from "./lock.ts";

process.stdout.write(takeLock(process.argv[2] ?? "") ? "taken\n" : "refused\n");
setInterval(() => {}, 60_000);
