// What the kinds of assets are called, and where they are found.
import type { Kind } from "../../api/asset-queries.ts";

export type ShownKind = Exclude<Kind, "code">;

interface Words {
  title: string;
  one: string;
  list: "/models" | "/data" | "/environments";
  page: "/models/$name" | "/data/$name" | "/environments/$name";
  /** How the first one comes here. */
  command: string;
  about: string;
}

export const kindWords: Readonly<Record<ShownKind, Words>> = {
  model: {
    title: "Models",
    one: "model",
    list: "/models",
    page: "/models/$name",
    command: "trainyard model create -n <name> --path runs:/<run>/outputs/model.pkl",
    about:
      "Files that a run has kept become a version of a model: from the run's page, by MLflow's clients, or by",
  },
  data: {
    title: "Data",
    one: "data asset",
    list: "/data",
    page: "/data/$name",
    command: "trainyard data create -n <name> --path <file or folder>",
    about:
      "A file or folder gets a name and a version, so that jobs can say exactly what they read. Begin with",
  },
  environment: {
    title: "Environments",
    one: "environment",
    list: "/environments",
    page: "/environments/$name",
    command: "trainyard environment create -f environment.yml",
    about: "An image or a list of packages gets a name and a version. Begin with",
  },
};
