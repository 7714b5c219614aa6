// What is chosen for all charts together.
import { useMemo } from "react";
import type { ReactNode } from "react";
import { Button } from "../../ui/button.tsx";
import { Checkbox, Segmented, TextInput } from "../../ui/field.tsx";
import type { ChartSearch } from "./chart-search.ts";
import type { Axis } from "./curve.ts";
import { joinNames } from "./join-names.ts";

const axisNames: { value: Axis; label: string }[] = [
  { value: "step", label: "Step" },
  { value: "relative", label: "Elapsed" },
  { value: "time", label: "Clock" },
];

export function ChartBar({
  search,
  names,
  onChange,
  children,
}: {
  search: ChartSearch;
  /** Of all metrics, also of those that are filtered away. */
  names: readonly string[];
  onChange: (change: { [Key in keyof ChartSearch]?: ChartSearch[Key] | undefined }) => void;
  children?: ReactNode;
}) {
  const { filter = "", x = "step", smooth = 0, logx, logy, from } = search;
  const canJoin = useMemo(() => joinNames(names).length < names.length, [names]);
  return (
    <div className="chart-bar" role="group" aria-label="How charts are drawn">
      <TextInput
        className="chart-filter"
        type="search"
        aria-label="Filter charts by name"
        placeholder="Filter by name"
        value={filter}
        onChange={(event) => onChange({ filter: event.target.value || undefined })}
      />
      <Segmented
        label="Horizontal axis"
        options={axisNames}
        value={x}
        onChange={(value) => onChange({ x: value, from: undefined, to: undefined })}
      />
      <label className="chart-choice">
        Smoothing
        <input
          type="range"
          min={0}
          max={0.99}
          step={0.01}
          value={smooth}
          onChange={(event) => onChange({ smooth: Number(event.target.value) || undefined })}
        />
        <output>{smooth.toFixed(2)}</output>
      </label>
      <label className="chart-choice">
        <Checkbox
          checked={logy ?? false}
          onChange={(event) => onChange({ logy: event.target.checked ? true : undefined })}
        />
        Log values
      </label>
      <label className="chart-choice">
        <Checkbox
          checked={logx ?? false}
          disabled={x === "time"}
          onChange={(event) => onChange({ logx: event.target.checked ? true : undefined })}
        />
        Log axis
      </label>
      {canJoin && (
        <label className="chart-choice" title="Such as train/loss and val/loss">
          <Checkbox
            checked={search.join ?? false}
            onChange={(event) => onChange({ join: event.target.checked ? true : undefined })}
          />
          Train and validation together
        </label>
      )}
      {from !== undefined && (
        <Button small onClick={() => onChange({ from: undefined, to: undefined })}>
          Show all of the axis
        </Button>
      )}
      <span className="chart-bar-end">{children}</span>
    </div>
  );
}
