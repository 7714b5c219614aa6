// Server-sent events, read one by one.

export interface ServerSentEvent {
  id: number;
  text: string;
}

export async function* readServerSentEvents(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder();
  let pending = "";
  for await (const chunk of body) {
    pending += decoder.decode(chunk, { stream: true });
    const blocks = pending.split("\n\n");
    pending = blocks.pop()!;
    for (const block of blocks) {
      const id = /^id: (\d+)$/m.exec(block)?.[1];
      const text = /^data: (.*)$/m.exec(block)?.[1];
      if (id !== undefined && text !== undefined) yield { id: Number(id), text };
    }
  }
}
