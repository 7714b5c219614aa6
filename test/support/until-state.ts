// Waits for a job to be in a state, by its events: nobody asks again and again.
import type { Client } from "../../src/api/client.ts";
import type { JobState } from "../../src/core/job.ts";
import { readServerSentEvents } from "./sse.ts";

export async function untilState(client: Client, run: string, state: JobState): Promise<void> {
  const leave = new AbortController();
  const body = await client.watchEvents({ query: { run } }, { signal: leave.signal });
  for await (const event of readServerSentEvents(body)) {
    if (event.text.includes(`"state":"${state}"`)) break;
  }
  leave.abort();
}
