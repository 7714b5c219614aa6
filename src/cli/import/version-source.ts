// What a registered version is made from, in words that mean the same here.
import { BrokenSource } from "./source.ts";
import type { SourceVersion } from "./source.ts";

/**
 * Addresses of a run's folder or of a logged model's become `runs:/…` and `models:/…`; what lies elsewhere for
 * everybody stays. `runIds` gives what runs are called here.
 */
export function placeVersion(version: SourceVersion, runIds: ReadonlyMap<string, string>): string {
  const { source, run } = version;
  const ofModel =
    /^models:\/+(m-[^/]+)/.exec(source)?.[1] ?? /\/models\/(m-[0-9a-f]{32})\/artifacts/.exec(source)?.[1];
  if (ofModel !== undefined) return `models:/${ofModel}`;
  if (/^models:/i.test(source)) return source;
  const named = /^runs:\/+([^/]+)\/+(.*)$/i.exec(source);
  if (named) return `runs:/${idHere(named[1]!, runIds)}/${named[2]!}`;
  const inRun = /\/([^/]+)\/artifacts(?:\/(.*))?$/.exec(withoutEscapes(source).replace(/\/+$/, ""));
  if (inRun && runIds.has(inRun[1]!)) return `runs:/${runIds.get(inRun[1]!)!}/${inRun[2] ?? ""}`;
  if (run !== "" && inRun?.[1] === run) return `runs:/${idHere(run, runIds)}/${inRun[2] ?? ""}`;
  if (/^[a-z][a-z0-9+.-]+:/i.test(source) && !/^(file|mlflow-artifacts):/i.test(source)) return source;
  throw new BrokenSource(
    `it is made from ${source}, which belongs to no run that was moved`,
    "log the files to a run and register them from there",
  );
}

function idHere(run: string, runIds: ReadonlyMap<string, string>): string {
  const id = runIds.get(run);
  if (id !== undefined) return id;
  throw new BrokenSource(
    `its run ${run} was not moved`,
    "if it is deleted over there: --include-deleted moves deleted runs too",
  );
}

function withoutEscapes(source: string): string {
  if (!/^(file|mlflow-artifacts):/i.test(source)) return source;
  try {
    return decodeURIComponent(source);
  } catch {
    return source;
  }
}
