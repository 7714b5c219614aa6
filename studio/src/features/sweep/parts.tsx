// Boxes of drawings, for sweeps and for runs that are compared.
import { useState } from "react";
import type { ReactNode } from "react";
import { Select } from "../../ui/field.tsx";
import { formatNumber } from "../../ui/format.ts";
import type { Axis } from "./axis.ts";
import type { Point } from "./points.ts";
import { Scatter } from "./scatter.tsx";
import { scoreColor } from "./score-color.ts";
import "./sweep.css";

interface ScatterPartProps {
  points: readonly Point[];
  /** The score's is the last. */
  axes: readonly Axis[];
  metric: string;
  ranks: ReadonlyMap<string, number>;
  /** Colours of their own instead of the score's. */
  colors?: ReadonlyMap<string, string>;
  onOpen: (run: string) => void;
}

export function ScatterPart({ points, axes, metric, ranks, colors, onOpen }: ScatterPartProps) {
  const parameters = axes.slice(0, -1);
  const [wanted, setWanted] = useState("");
  const x = parameters.find(({ name }) => name === wanted) ?? parameters[0];
  const y = axes.at(-1)!;
  if (!x) return null;
  return (
    <Part
      title={
        <>
          {metric} by {x.name}
        </>
      }
      actions={
        <Select
          aria-label="Parameter"
          className="sweep-select"
          value={x.name}
          onChange={(event) => setWanted(event.target.value)}
        >
          {parameters.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </Select>
      }
    >
      <Scatter
        label={`${metric} of each run by its ${x.name}`}
        x={x}
        y={y}
        onOpen={onOpen}
        dots={points.map(({ run, label, values, score, mark }) => ({
          run,
          label: `${label}: ${x.name} ${String(values[x.name])}, ${metric} ${score === null ? "none" : formatNumber(score)}`,
          x: values[x.name],
          y: score ?? undefined,
          color: colors?.get(run) ?? scoreColor(ranks.get(run)),
          mark,
        }))}
      />
    </Part>
  );
}

export function Part({
  title,
  actions,
  isWide = false,
  children,
}: {
  title: ReactNode;
  actions?: ReactNode;
  isWide?: boolean;
  children: ReactNode;
}) {
  return (
    <section className={`sweep-part${isWide ? " sweep-part-wide" : ""}`}>
      <header>
        <h2>{title}</h2>
        <div className="sweep-part-actions">{actions}</div>
      </header>
      {children}
    </section>
  );
}
