// Sends what the processes write below ./logs while it grows, such as TensorBoard's event files.
import { createFileShipper } from "../node/ship-file.ts";
import type { FileShipper, ShippingWay } from "../node/ship-file.ts";
import type { FileToUpload } from "./upload-files.ts";
import { walkFiles } from "../node/walk-files.ts";

export interface UserLogShipper {
  /** Sends what is new. Returns the folders to watch. */
  ship(): Promise<string[]>;
  /** Completes the live ones. Returns those that have to be sent as a whole, because they were not only appended to. */
  finish(): Promise<{ files: number; sizeBytes: number; toUpload: FileToUpload[]; remarks: string[] }>;
}

/** Each live file costs requests; beyond so many the rest goes at the end. */
const mostLiveFiles = 500;

export function createUserLogShipper(
  folder: string,
  options: { artifact: string; isLaterAttempt: boolean; isResumed: boolean; way: ShippingWay },
): UserLogShipper {
  const live = new Map<string, FileShipper>();
  const whole = new Set<string>();

  const shipperOf = (name: string, path: string): FileShipper | undefined => {
    const known = live.get(name);
    if (known || whole.has(name)) return known;
    // A later attempt's file is another file of the same name: the whole of it replaces the earlier one's.
    if (options.isLaterAttempt || live.size >= mostLiveFiles) {
      whole.add(name);
      return undefined;
    }
    const file = { path, artifact: `${options.artifact}/${name}`, base: 0, isNew: !options.isResumed };
    const shipper = createFileShipper(file, options.way);
    live.set(name, shipper);
    return shipper;
  };

  async function shipFound(name: string, path: string): Promise<void> {
    const shipper = shipperOf(name, path);
    if (!shipper) return;
    for (;;) {
      const state = await shipper.ship().catch((error: unknown) => {
        if (isGone(error)) return "all" as const;
        throw error;
      });
      if (state === "replaced") {
        live.delete(name);
        whole.add(name);
      }
      if (state !== "more") return;
    }
  }

  const walkAndShip = async () => {
    const walk = await walkFiles(folder);
    // An empty file is sent at the end: until then nobody misses it.
    for (const file of walk.files)
      if (file.sizeBytes > 0 || live.has(file.name)) await shipFound(file.name, file.path);
    return walk;
  };

  return {
    ship: async () => (await walkAndShip()).folders,

    async finish() {
      const { files, remarks } = await walkAndShip();
      const toUpload = files
        .filter((file) => !live.has(file.name))
        .map((file) => ({ path: file.path, artifact: `${options.artifact}/${file.name}` }));
      for (const shipper of live.values()) {
        await shipper.close().catch((error: unknown) => {
          if (!isGone(error)) throw error;
        });
      }
      const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
      return { files: files.length, sizeBytes, toUpload, remarks };
    },
  };
}

const isGone = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "EACCES");
