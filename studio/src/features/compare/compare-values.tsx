// Metrics, parameters and facts of runs in a table: what differs comes first, what is the same on demand.
import { Fragment, useMemo, useState } from "react";
import { Checkbox, TextInput } from "../../ui/field.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { colorOf } from "../metrics/colors.ts";
import { compareRows } from "./compare-rows.ts";
import type { Compared, CompareRow } from "./compare-rows.ts";

interface CompareValuesProps {
  compared: readonly Compared[];
  hasSame: boolean;
  onSame: (hasSame: boolean) => void;
}

export function CompareValues({ compared, hasSame, onSame }: CompareValuesProps) {
  const [filter, setFilter] = useState("");
  const rows = useMemo(() => compareRows(compared), [compared]);
  const wanted = filter.toLowerCase();
  const fitting = rows.filter(({ name }) => name.toLowerCase().includes(wanted));
  const differing = fitting.filter(({ differs }) => differs);
  const same = fitting.filter(({ differs }) => !differs);
  const groups = [
    ...groupsOf(differing, ""),
    ...(hasSame ? groupsOf(same, compared.length > 1 ? ", the same in all" : "") : []),
  ];
  return (
    <>
      <div className="compare-bar">
        <TextInput
          className="compare-filter"
          type="search"
          aria-label="Filter by name"
          placeholder="Filter by name"
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
        />
        <label className="compare-choice">
          <Checkbox checked={hasSame} onChange={(event) => onSame(event.target.checked)} />
          Also what is the same ({same.length})
        </label>
      </div>
      {groups.length === 0 ? (
        <EmptyState
          title={
            filter === ""
              ? compared.length < 2
                ? "One run alone differs from nothing: add another"
                : "These runs differ in nothing that was kept"
              : "Nothing has that in its name"
          }
        />
      ) : (
        <div className="compare-scroll" role="region" aria-label="Values" tabIndex={0}>
          <table className="compare-table">
            <thead>
              <tr>
                <th scope="col">Name</th>
                {compared.map(({ run }, index) => (
                  <th key={run.id} scope="col">
                    <span className="compare-swatch" style={{ background: colorOf(index) }} />{" "}
                    {run.displayName}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {groups.map(({ title, rows: own }) => (
                <Fragment key={title}>
                  <tr className="compare-group">
                    <th scope="rowgroup" colSpan={compared.length + 1}>
                      <span>{title}</span>
                    </th>
                  </tr>
                  {own.map((row) => (
                    <Row key={`${row.group} ${row.name}`} row={row} />
                  ))}
                </Fragment>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

function groupsOf(rows: readonly CompareRow[], after: string): { title: string; rows: CompareRow[] }[] {
  return [...Map.groupBy(rows, ({ group }) => group)].map(([group, own]) => ({
    title: group + after,
    rows: own,
  }));
}

/** Numbers that differ get a bar from the least to the greatest, so that a row of them reads at a glance. */
function Row({ row: { group, name, values, numbers, differs } }: { row: CompareRow }) {
  const present = (numbers ?? []).filter(
    (number) => number !== undefined && Number.isFinite(number),
  ) as number[];
  const least = Math.min(...present);
  const spread = Math.max(...present) - least;
  return (
    <tr>
      <th scope="row">{name}</th>
      {values.map((value, index) => {
        const number = numbers?.[index];
        return (
          <td key={index} className={numbers && group !== "About" ? "compare-number" : ""}>
            {value === undefined ? <span className="faint">–</span> : value}
            {differs && spread > 0 && number !== undefined && group === "Metrics" && (
              <span className="compare-gauge" aria-hidden="true">
                <span
                  style={{
                    width: `${Math.max(3, ((number - least) / spread) * 100)}%`,
                    background: colorOf(index),
                  }}
                />
              </span>
            )}
          </td>
        );
      })}
    </tr>
  );
}
