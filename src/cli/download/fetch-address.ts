// The file behind a web address → a file here, whole or not at all.
import { basename, join } from "node:path";
import { CommandFailed } from "../fail.ts";
import { refuseLinks, writeWhole } from "./write-whole.ts";

export interface FetchAddressOptions {
  signal: AbortSignal;
  /** `total` is undefined when the other side does not say it. */
  onBytes: (done: number, total: number | undefined) => void;
}

/** Below the folder, under the last part of the address. */
export async function fetchAddress(
  address: string,
  folder: string,
  { signal, onBytes }: FetchAddressOptions,
): Promise<{ path: string; sizeBytes: number }> {
  const url = new URL(address);
  const name = basename(decodeURIComponent(url.pathname)) || "download";
  const path = join(folder, name);
  await refuseLinks(folder, name);
  const answer = await fetch(url, { signal }).catch((error: unknown) => {
    if (signal.aborted) throw error;
    throw new CommandFailed(`${url.host} could not be reached`, { cause: error });
  });
  if (!answer.ok || !answer.body) {
    throw new CommandFailed(
      `${url.host} answered ${answer.status} ${answer.statusText} for ${url.pathname}`,
      {
        hint: "Is the address still right, and may everybody read it?",
      },
    );
  }
  const length = Number(answer.headers.get("content-length") ?? Number.NaN);
  const total = Number.isFinite(length) && !answer.headers.has("content-encoding") ? length : undefined;
  const body = answer.body;
  let sizeBytes = 0;
  await writeWhole(path, async (file) => {
    for await (const bytes of body) {
      await file.writeFile(bytes);
      onBytes((sizeBytes += bytes.length), total);
    }
    if (total !== undefined && sizeBytes !== total) {
      throw new CommandFailed(`${url.pathname} ended after ${sizeBytes} of ${total} bytes`, {
        hint: "Run the download again.",
      });
    }
  });
  return { path, sizeBytes };
}
