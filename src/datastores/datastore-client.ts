// What every kind of datastore can do. Each is made by open-datastore.ts and passes contract.fixture.ts.

export interface DatastoreFile {
  /** Relative to the datastore, `/` between parts. */
  path: string;
  sizeBytes: number;
  /** Another text after every change of the file: an etag, or times and sizes where there are none. */
  version: string;
}

export interface OpenedFile extends DatastoreFile {
  /** Of the whole file, in hexadecimal; undefined where the store does not say. */
  md5: string | undefined;
  body: AsyncIterable<Uint8Array>;
}

export interface ReadOptions {
  /** The first byte wanted. Default 0. */
  start?: number;
  /** Read only while the file is still this one; otherwise it fails as `changed`. */
  version?: string;
  signal: AbortSignal;
}

/**
 * Files in one datastore. Every method may be called at any time, and many at once.
 *
 * All of them fail with `DatastoreFailed`, whose message never holds a secret, or with the signal's reason. They retry
 * what is known to pass by themselves, a few times; nothing waits for a store that answers but sends no bytes, so
 * whoever reads a body watches over it.
 */
export interface DatastoreClient {
  /** Every file below this folder, in no order; none when there is no such folder. `""` is the whole datastore. */
  list(folder: string, signal: AbortSignal): AsyncIterable<DatastoreFile>;
  /** Undefined when there is no file of this path; a folder is no file. */
  stat(path: string, signal: AbortSignal): Promise<DatastoreFile | undefined>;
  /** Resolves when the store has begun to answer. */
  read(path: string, options: ReadOptions): Promise<OpenedFile>;
  /** Makes or replaces a file. Others see the old one or the whole new one, also when the source fails. */
  write(path: string, source: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void>;
  /** In the words of the store itself, for libraries that read from it by themselves. */
  addressOf(path: string): string;
}

export type DatastoreFault =
  | "not-found" // no such file, container or folder
  | "forbidden" // the credentials are wrong, or not enough
  | "unavailable" // no answer, or none that helps; it may pass
  | "changed" // not the version any more that was asked for
  | "invalid"; // a path or a setting that cannot be

/**
 * The store's own errors hold requests, and those hold secrets: only their code and status go into the message, and
 * none of them is kept as a cause.
 */
export class DatastoreFailed extends Error {
  readonly fault: DatastoreFault;

  constructor(fault: DatastoreFault, message: string) {
    super(message);
    this.name = "DatastoreFailed";
    this.fault = fault;
  }
}
