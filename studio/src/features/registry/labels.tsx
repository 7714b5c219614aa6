// Labels and tags as small boxes.
import { stages } from "../../../../src/core/asset.ts";
import type { Asset } from "../../api/asset-queries.ts";
import { Badge } from "../../ui/state-badge.tsx";

const toneOf = (label: string) =>
  label === "Production" ? "good" : label === "Staging" ? "wait" : label === "latest" ? "quiet" : "busy";

/** Stages first: they say the most. */
export function Labels({ asset: { labels, archived } }: { asset: Asset }) {
  const rank = (label: string) => (stages.some((stage) => stage === label) ? 0 : label === "latest" ? 2 : 1);
  const sorted = labels.toSorted((a, b) => rank(a) - rank(b) || a.localeCompare(b));
  return (
    <span className="registry-labels">
      {archived && <Badge>Archived</Badge>}
      {sorted.map((label) => (
        <Badge key={label} tone={toneOf(label)}>
          {label}
        </Badge>
      ))}
    </span>
  );
}

export function Tags({ tags, most = Infinity }: { tags: Readonly<Record<string, string>>; most?: number }) {
  const entries = Object.entries(tags);
  return (
    <span className="registry-labels">
      {entries.slice(0, most).map(([key, value]) => (
        <span key={key} className="registry-tag">
          {key}
          {value !== "" && <strong>{value}</strong>}
        </span>
      ))}
      {entries.length > most && <span className="faint">+{entries.length - most}</span>}
    </span>
  );
}
