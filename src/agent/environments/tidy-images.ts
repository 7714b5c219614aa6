// Keeps the images that were built from Dockerfiles below a cap, what was not used for the longest time first; and takes
// away those whose home folder is gone. An image belongs to the home that built it, so nobody else's job needs it.
import { stat, rm } from "node:fs/promises";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { describeError } from "../../lib/log.ts";
import type { Log } from "../../lib/log.ts";
import type { ContainerEngine } from "../containers/engine.ts";
import { listBuiltImages, removeImage } from "../containers/images.ts";
import type { BuiltImage } from "../containers/images.ts";
import { imageLabels } from "../containers/labels.ts";
import type { EnvironmentShelf } from "./environment-shelf.ts";

export const builtRepository = "trainyard/environment";

/** Its name among the environments: for holds, the lock of its build and the time of its last use. */
export const imageHold = (hash: string): string => `image-${hash}`;

export const labelsOfImage = (hash: string, cacheFolder: string): Record<string, string> => ({
  [imageLabels.hash]: hash,
  [imageLabels.home]: cacheFolder,
  [imageLabels.host]: hostname(),
  [imageLabels.user]: String(userInfo().uid),
});

/** Sizes are those that nobody shares, so many small ones on one large base are kept: this bounds them all the same. */
const mostImages = 100;

/** Never fails. */
export async function tidyImages(engine: ContainerEngine, shelf: EnvironmentShelf, log: Log): Promise<void> {
  try {
    const images = await listBuiltImages(engine, builtRepository, [
      `${imageLabels.host}=${hostname()}`,
      `${imageLabels.user}=${userInfo().uid}`,
    ]);
    const ours: BuiltImage[] = [];
    for (const image of images) {
      const home = image.labels[imageLabels.home];
      if (home === shelf.folder) ours.push(image);
      else if (home !== undefined && (await isGone(home))) await removeImage(engine, image.tag);
    }
    await removeOldest(engine, shelf, ours, log);
  } catch (error) {
    log.warn("built images could not be tidied", { error: describeError(error) });
  }
}

async function removeOldest(
  engine: ContainerEngine,
  shelf: EnvironmentShelf,
  images: readonly BuiltImage[],
  log: Log,
): Promise<void> {
  if (images.length === 0) return;
  const cap = await shelf.capBytes();
  let sizeBytes = images.reduce((sum, image) => sum + image.sizeBytes, 0);
  let count = images.length;
  if (sizeBytes <= cap && count <= mostImages) return;
  const used = await Promise.all(
    images.map(async (image) => ({ image, usedAt: await lastUse(image, shelf.folder) })),
  );
  for (const { image } of used.sort((a, b) => a.usedAt - b.usedAt)) {
    // Some way below the cap, as with environments.
    if (sizeBytes <= cap * 0.9 && count <= mostImages) return;
    const hold = imageHold(image.labels[imageLabels.hash] ?? "");
    if (!(await shelf.removeUnused(hold, () => removeImage(engine, image.tag)))) continue;
    await rm(join(shelf.folder, hold), { recursive: true, force: true });
    sizeBytes -= image.sizeBytes;
    count -= 1;
    log.info("removed a built image that was not used for the longest time", { image: image.tag });
  }
  if (sizeBytes > cap)
    log.warn("the built images take more than their cap, and all of them are in use", { sizeBytes });
}

/** As `hold` marks it. */
const lastUse = ({ labels, createdAt }: BuiltImage, folder: string): Promise<number> =>
  stat(join(folder, imageHold(labels[imageLabels.hash] ?? ""), "complete.json")).then(
    ({ mtimeMs }) => mtimeMs,
    () => createdAt,
  );

const isGone = (folder: string): Promise<boolean> =>
  stat(folder).then(
    () => false,
    (error: unknown) => error instanceof Error && "code" in error && error.code === "ENOENT",
  );
