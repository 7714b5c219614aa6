// What the page of settings shows.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { homeLayout } from "../../core/home.ts";
import type { SomeHandlers } from "../http/app.ts";
import type { ServerContext } from "../context.ts";
import { measureStorage } from "../files/measure-storage.ts";

export const settingsRoutes = ({ config }: ServerContext): SomeHandlers<"revealToken" | "getStorage"> => ({
  async revealToken() {
    const token = await readFile(join(config.home, homeLayout.tokenFile), "utf8");
    return { token: token.trim() };
  },
  getStorage: () => measureStorage(config.home),
});
