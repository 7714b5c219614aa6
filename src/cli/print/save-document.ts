// Writes a document to a YAML file.
import { writeFile } from "node:fs/promises";
import { stringify } from "yaml";

export const saveDocument = (path: string, document: Record<string, unknown>): Promise<void> =>
  writeFile(path, stringify(document, { lineWidth: 0 }));
