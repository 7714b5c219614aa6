// The head of a column, which sorts by it.
import { ArrowDownIcon, ArrowUpIcon } from "../../ui/icons.tsx";
import { describeColumn } from "./columns.tsx";
import type { Sort } from "./view.ts";

interface HeadCellProps {
  id: string;
  label: string;
  className: string;
  sort: Sort;
  onSort: (key: string) => void;
}

export function HeadCell({ id, label, className, sort, onSort }: HeadCellProps) {
  const isSorted = sort.key === id;
  return (
    <div
      role="columnheader"
      aria-sort={isSorted ? (sort.ascending ? "ascending" : "descending") : "none"}
      className={`cell ${className}`}
    >
      <button
        type="button"
        className="head-sort"
        title={`${describeColumn(id)}: sort`}
        onClick={() => onSort(id)}
      >
        <span>{label}</span>
        {isSorted && (sort.ascending ? <ArrowUpIcon size={12} /> : <ArrowDownIcon size={12} />)}
      </button>
    </div>
  );
}
