// Server-sent events → the event table's rows.
import { eventSchema } from "../../api/events.ts";
import type { z } from "zod";

export type WatchedEvent = z.infer<typeof eventSchema>;

export async function* readEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<WatchedEvent> {
  const decoder = new TextDecoder();
  let rest = "";
  let lines: string[] = [];
  for await (const chunk of body) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) {
      const line = part.endsWith("\r") ? part.slice(0, -1) : part;
      if (line.startsWith("data:")) lines.push(line.slice(5).trimStart());
      if (line !== "" || lines.length === 0) continue;
      yield eventSchema.parse(JSON.parse(lines.join("\n")));
      lines = [];
    }
  }
}
