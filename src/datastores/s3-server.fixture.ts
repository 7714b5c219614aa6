// An S3 server inside the test's process, with one empty bucket a call.
import crypto from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import S3rver from "s3rver";

export const s3Secrets = { access_key_id: "S3RVER", secret_access_key: "S3RVER" };

export interface S3Server {
  /** The settings of a datastore, on a new bucket. */
  newBucket(): Promise<Record<string, string>>;
  stop(): Promise<void>;
}

/** The server hides in its page tokens by DES what it needs for the next page; no OpenSSL of today has that cipher. */
function replaceCipher(): void {
  const twice = (bytes: unknown) => Buffer.concat([bytes as Buffer, bytes as Buffer]);
  const { createCipheriv, createDecipheriv } = crypto;
  const replace = (make: (...args: unknown[]) => unknown) => (name: string, key: unknown, iv: unknown) =>
    name === "des" ? make("aes-128-cbc", twice(key), twice(iv)) : make(name, key, iv);
  Object.assign(crypto, {
    createCipheriv: replace(createCipheriv as never),
    createDecipheriv: replace(createDecipheriv as never),
  });
}

export async function startS3Server(): Promise<S3Server> {
  replaceCipher();
  const directory = await mkdtemp(join(tmpdir(), "s3-"));
  const server = new S3rver({ address: "127.0.0.1", port: 0, silent: true, directory });
  const { port } = await server.run();
  const endpoint = `http://127.0.0.1:${port}`;
  const credentials = {
    accessKeyId: s3Secrets.access_key_id,
    secretAccessKey: s3Secrets.secret_access_key,
  };
  const client = new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true, credentials });
  let buckets = 0;
  return {
    async newBucket() {
      const bucket = `bucket-${++buckets}`;
      await client.send(new CreateBucketCommand({ Bucket: bucket }));
      return { bucket, endpoint, region: "us-east-1", force_path_style: "true" };
    },
    async stop() {
      client.destroy();
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
