// Azure Blob Storage in a process of the test's own, with one empty container a call.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { BlobServiceClient, StorageSharedKeyCredential } from "@azure/storage-blob";

/** The account that every Azurite has; published with it, and no secret. */
const account = "devstoreaccount1";
export const azuriteKey =
  "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

export interface Azurite {
  /** The settings of a datastore, on a new container. */
  newContainer(): Promise<Record<string, string>>;
  service: BlobServiceClient;
  stop(): void;
}

export async function startAzurite(): Promise<Azurite> {
  const program = createRequire(import.meta.url).resolve("azurite/dist/src/blob/main.js");
  const flags = ["--inMemoryPersistence", "--blobPort", "0", "--disableTelemetry", "--skipApiVersionCheck"];
  const child = spawn(process.execPath, [program, ...flags], { stdio: ["ignore", "pipe", "inherit"] });
  let url: string | undefined;
  for await (const line of createInterface(child.stdout)) {
    url = /successfully listens on (http:\S+)/.exec(line)?.[1];
    if (url !== undefined) break;
  }
  if (url === undefined) throw new Error("Azurite ended before it listened");
  child.stdout.resume();
  const service = new BlobServiceClient(
    `${url}/${account}`,
    new StorageSharedKeyCredential(account, azuriteKey),
  );
  let containers = 0;
  return {
    service,
    async newContainer() {
      const name = `data-${++containers}`;
      await service.createContainer(name);
      return { account_name: account, container_name: name, endpoint: new URL(url).host, protocol: "http" };
    },
    stop: () => void child.kill(),
  };
}
