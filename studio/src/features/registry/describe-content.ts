// What an asset holds, in a phrase.
import type { Asset } from "../../api/asset-queries.ts";
import { wantedPackages } from "../code/environment.ts";

type Content = Asset["content"];
type Source = Extract<Content, { kind: "data" }>["source"];

const types: Readonly<Record<string, string>> = {
  uri_file: "file",
  uri_folder: "folder",
  mltable: "table",
  custom_model: "custom",
  mlflow_model: "MLflow",
  triton_model: "Triton",
};

export function describeContent(content: Content): string {
  switch (content.kind) {
    case "environment": {
      const { image, build, conda, userManaged } = content.environment;
      const packages = wantedPackages(content.environment);
      if (userManaged) return `the interpreter ${userManaged.interpreter}`;
      return [
        image ?? (build ? "an image of its own" : undefined),
        packages.length > 0 ? packages.join(", ") : conda ? "no packages" : undefined,
      ]
        .filter((part) => part !== undefined)
        .join(", ");
    }
    case "code":
      return "code";
    default:
      return `${types[content.type] ?? content.type}, ${describeSource(content.source)}`;
  }
}

export function describeSource(source: Source): string {
  switch (source.kind) {
    case "snapshot":
      return source.file ?? "kept here";
    case "uri":
      return source.uri;
    case "datastore":
      return `datastore ${source.datastore}: ${source.path}`;
    case "run":
      return `${source.run}/${source.path}`;
    default:
      return `${source.name}:${source.version ?? source.label ?? ""}`;
  }
}
