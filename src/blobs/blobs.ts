// Bytes kept by their content: a blob's name is the SHA-256 of its bytes, in lower-case hexadecimal.

export interface StoredBlob {
  hash: string;
  sizeBytes: number;
}

/** Bytes from `start`, up to but without `end` (default: to the end of the blob). */
export interface ByteRange {
  start: number;
  end?: number;
}

/** A file of this machine, and what `stat` said of it when it was chosen. */
export interface LocalFile {
  path: string;
  sizeBytes: number;
  modifiedMs: number;
  changedMs: number;
  inode: number;
}

export interface WrittenFiles {
  /** One a file; undefined when it cannot be read, or is not any more what `stat` said. */
  hashes: (string | undefined)[];
  /** How much of it was not stored before. */
  newBlobs: number;
  newBytes: number;
}

export interface SweepOptions {
  isNamed(hash: string): boolean;
  /** Milliseconds since the epoch; to be a few minutes before the names were gathered, or earlier. */
  unusedSince: number;
  /** Only tells what it would remove. */
  dryRun: boolean;
  signal?: AbortSignal;
}

export interface BlobCount {
  blobs: number;
  sizeBytes: number;
}

export interface SweptBlobs {
  removed: BlobCount;
  /** Not named either, but used too lately. */
  waiting: BlobCount;
  kept: BlobCount;
}

export interface DamagedBlob {
  /** Unknown when what is damaged is not a blob but the list of them. */
  hash: string | undefined;
  where: string;
  problem: string;
}

/**
 * A store of blobs. Every method may be called at any time, and many at once.
 *
 * A blob is either wholly there or not there: neither a failed call, nor the end of the process, nor a power cut
 * leaves a part of one. What these methods call stored is durable: it survives a power cut.
 */
export interface Blobs {
  /** Which of these are not stored, each once, in the order given. */
  missing(hashes: readonly string[]): Promise<string[]>;

  /**
   * Stores a stream, and resolves when the blob is durable. With `expectedHash`, bytes that have another hash are
   * refused ("invalid") and nothing is stored; and when that blob is stored already, the source is not read.
   */
  write(source: AsyncIterable<Uint8Array>, expectedHash?: string): Promise<StoredBlob>;

  /**
   * Stores many blobs, framed as in core/blob-frames.ts, and resolves with one entry a frame when all are durable.
   * A frame whose bytes do not hash to its name refuses the whole batch ("invalid"). So does a stream that ends
   * early or fails; but of the frames that came whole before, some may be stored, so that they need not come again.
   */
  writeMany(frames: AsyncIterable<Uint8Array>): Promise<StoredBlob[]>;

  /**
   * Stores files where they lie, each read once, and resolves when all that could be read are durable. A file is
   * taken as it was when `stat` was asked, or not at all.
   */
  writeFiles(files: readonly LocalFile[]): Promise<WrittenFiles>;

  /**
   * The bytes, or a part of them. Throws `Refused` ("not-found") before the first byte. A whole blob is checked
   * against its name while it is read, and `BlobDamaged` is thrown before its last bytes are given away.
   */
  read(hash: string, range?: ByteRange): AsyncIterable<Uint8Array>;

  /** The size in bytes, or undefined when it is not stored. */
  size(hash: string): Promise<number | undefined>;

  /**
   * Removes every blob that nobody names and nobody used since `unusedSince`. A blob is used when it is written, and
   * whenever a caller hears from `missing`, `size` or a write that it is there: who was told so may go on to name it.
   */
  sweep(options: SweepOptions): Promise<SweptBlobs>;

  /** Whether there was such a blob. A power cut soon after may bring it back; the caller removes it again. */
  remove(hash: string): Promise<boolean>;

  /** Reads everything and reports what is damaged. Blobs written or removed meanwhile may be left out. */
  verify(signal?: AbortSignal): AsyncIterable<DamagedBlob>;
}

/** The stored bytes are not those that were once stored. */
export class BlobDamaged extends Error {
  readonly hash: string;

  constructor(hash: string, where: string, problem: string) {
    super(
      `Blob ${hash} is damaged (${problem}) in ${where}. Remove it and store it again from a copy or a backup.`,
    );
    this.name = "BlobDamaged";
    this.hash = hash;
  }
}
