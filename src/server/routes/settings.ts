// What the page of settings shows, and storage care.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { BlobCount } from "../../blobs/blobs.ts";
import { homeLayout } from "../../core/home.ts";
import type { SomeHandlers } from "../http/app.ts";
import { collectGarbage } from "../files/collect-garbage.ts";
import type { ServerContext } from "../context.ts";
import { measureStorage } from "../files/measure-storage.ts";

const asFiles = ({ blobs, sizeBytes }: BlobCount) => ({ files: blobs, sizeBytes });

export function settingsRoutes(
  context: ServerContext,
): SomeHandlers<"revealToken" | "getStorage" | "collectStorage"> {
  const { config } = context;
  return {
    async revealToken() {
      const token = await readFile(join(config.home, homeLayout.tokenFile), "utf8");
      return { token: token.trim() };
    },

    getStorage: () => measureStorage(config.home),

    async collectStorage({ body }) {
      const { removed, waiting, kept, snapshots, deleted } = await collectGarbage(context, {
        graceMs: body.graceHours * 3600_000,
        deleteArchivedMs:
          body.deleteArchivedHours === undefined ? undefined : body.deleteArchivedHours * 3600_000,
        dryRun: body.dryRun,
        signal: context.ending,
      });
      return {
        dryRun: body.dryRun,
        graceHours: body.graceHours,
        deleted,
        removed: asFiles(removed),
        waiting: asFiles(waiting),
        kept: asFiles(kept),
        snapshots,
      };
    },
  };
}
