// Stores a stream of any length as one object: in one request when it is short, in parts when it is not.
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import type { CompletedPart, S3Client } from "@aws-sdk/client-s3";

export interface ObjectName {
  Bucket: string;
  Key: string;
}

/** A store takes at most 10,000 parts, so they grow: 8 MiB at first, enough for the largest object in the end. */
const firstPartBytes = 8 << 20;
const partBytesOf = (part: number): number => firstPartBytes * (1 + Math.floor(part / 1000));

export async function putInParts(
  client: S3Client,
  object: ObjectName,
  source: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  const parts = inParts(source);
  const first = (await parts.next()).value ?? new Uint8Array();
  const second = await parts.next();
  const options = { abortSignal: signal };
  if (second.done) {
    await client.send(new PutObjectCommand({ ...object, Body: first }), options);
    return;
  }
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(object), options);
  const upload = { ...object, UploadId };
  try {
    const Parts: CompletedPart[] = [];
    const send = async (Body: Uint8Array) => {
      const PartNumber = Parts.length + 1;
      const { ETag } = await client.send(new UploadPartCommand({ ...upload, PartNumber, Body }), options);
      Parts.push({ PartNumber, ETag });
    };
    await send(first);
    await send(second.value);
    for await (const part of parts) await send(part);
    await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }), options);
  } catch (error) {
    // Parts that nobody completes are kept, and paid for, until somebody ends the upload.
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => {});
    throw error;
  }
}

async function* inParts(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, undefined> {
  let pieces: Uint8Array[] = [];
  let filled = 0;
  let count = 0;
  for await (const chunk of source) {
    for (let rest = chunk; rest.length > 0;) {
      const taken = rest.subarray(0, partBytesOf(count) - filled);
      pieces.push(taken);
      filled += taken.length;
      rest = rest.subarray(taken.length);
      if (filled < partBytesOf(count)) continue;
      yield Buffer.concat(pieces);
      count += 1;
      pieces = [];
      filled = 0;
    }
  }
  if (filled > 0) yield Buffer.concat(pieces);
  return undefined;
}
