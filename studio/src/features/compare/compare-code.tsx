// The code and the environment of two of the runs, and what differs.
import { Select } from "../../ui/field.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { CodeTab } from "../code/code-tab.tsx";
import type { CompareProps } from "./compare-page.tsx";
import type { Compared } from "./compare-rows.ts";
import "../run/run-page.css";

export function CompareCode({
  compared,
  search,
  onSearch,
}: CompareProps & { compared: readonly Compared[] }) {
  const having = compared.filter(({ job }) => job !== null);
  if (having.length < 2) {
    return (
      <EmptyState title="Two jobs are needed to compare their code">
        <p>Runs that were not submitted here have none that is known.</p>
      </EmptyState>
    );
  }
  const named = (name: string | undefined) => having.find(({ run }) => run.id === name);
  const before = named(search.before) ?? having[0]!;
  const after = named(search.after) ?? having.find((one) => one !== before)!;
  const options = having.map(({ run }) => (
    <option key={run.id} value={run.id}>
      {run.displayName}
    </option>
  ));
  return (
    <div className="compare-code">
      <div className="compare-bar">
        <label className="compare-choice">
          From
          <Select
            value={before.run.id}
            onChange={(event) => onSearch({ before: event.target.value, file: undefined })}
          >
            {options}
          </Select>
        </label>
        <label className="compare-choice">
          to
          <Select
            value={after.run.id}
            onChange={(event) => onSearch({ after: event.target.value, file: undefined })}
          >
            {options}
          </Select>
        </label>
      </div>
      <CodeTab
        job={after.job!}
        search={{
          against: before.run.id,
          ...(search.file !== undefined && { file: search.file }),
          ...(search.environment && { environment: true as const }),
        }}
        onSearch={({ against, ...change }) =>
          onSearch({ ...change, ...(against !== undefined && { before: against }) })
        }
      />
    </div>
  );
}
