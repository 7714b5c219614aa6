// What narrows the table and what it shows: experiments, states, columns, groups.
import { Chooser } from "../../ui/popover.tsx";
import { Button } from "../../ui/button.tsx";
import { Select } from "../../ui/field.tsx";
import { formatCount } from "../../ui/format.ts";
import { ColumnsIcon } from "../../ui/icons.tsx";
import { Menu } from "../../ui/menu.tsx";
import { StateIcon } from "../../ui/state-badge.tsx";
import { Checklist } from "./checklist.tsx";
import { labelOf } from "./columns.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { builtInColumns, stateGroupNames, stateGroups } from "./view.ts";
import type { JobsView, RunKeys, StateGroup } from "./view.ts";

interface ToolbarProps {
  view: JobsView;
  columns: readonly string[];
  curve: string | undefined;
  keys: RunKeys;
  experiments: readonly { name: string; runs: number }[];
  onChange: (change: Partial<Record<keyof JobsView, unknown>>) => void;
}

const groupWords: Readonly<Record<StateGroup, string>> = {
  waiting: "Waiting",
  running: "Running",
  completed: "Completed",
  failed: "Failed",
  canceled: "Canceled",
};

/** With what was not there, without what was. */
const toggled = <T,>(list: readonly T[], one: T): T[] | undefined => {
  const next = list.includes(one) ? list.filter((other) => other !== one) : [...list, one];
  return next.length > 0 ? next : undefined;
};

export function Toolbar({ view, columns, curve, keys, experiments, onChange }: ToolbarProps) {
  const states = view.state ?? [];
  return (
    <div className="toolbar">
      <div className="toolbar-line">
        <ExperimentPicker view={view} experiments={experiments} onChange={onChange} />
        <FilterBar
          filter={view.filter ?? ""}
          keys={keys}
          experiments={experiments.map(({ name }) => name)}
          onChange={(filter) => onChange({ filter: filter === "" ? undefined : filter })}
        />
      </div>
      <div className="toolbar-line toolbar-chips">
        <div role="group" aria-label="States" className="chips">
          {stateGroupNames.map((group) => (
            <button
              key={group}
              type="button"
              className="chip"
              aria-pressed={states.includes(group)}
              onClick={() => onChange({ state: toggled(states, group) })}
            >
              <StateIcon state={stateGroups[group].at(group === "waiting" ? 4 : 0)!} size={14} />
              {groupWords[group]}
            </button>
          ))}
        </div>
        <div className="toolbar-end">
          <Chooser
            look="quiet"
            small
            title="Columns"
            label={
              <>
                <ColumnsIcon size={14} /> Columns
              </>
            }
          >
            {() => <ColumnChooser columns={columns} curve={curve} keys={keys} onChange={onChange} />}
          </Chooser>
          <ShowMenu view={view} onChange={onChange} />
        </div>
      </div>
    </div>
  );
}

function ExperimentPicker({
  view,
  experiments,
  onChange,
}: Pick<ToolbarProps, "view" | "experiments" | "onChange">) {
  const chosen = view.experiment ?? [];
  const label =
    chosen.length === 0
      ? "All experiments"
      : chosen.length === 1
        ? chosen[0]
        : `${chosen.length} experiments`;
  return (
    <Chooser title="Experiments" label={<span className="toolbar-experiment">{label}</span>}>
      {() => (
        <>
          <Checklist
            placeholder="Find an experiment"
            sections={[
              {
                choices: experiments.map(({ name, runs }) => ({
                  id: name,
                  label: name,
                  end: formatCount(runs),
                })),
              },
            ]}
            chosen={new Set(chosen)}
            onToggle={(name) => onChange({ experiment: toggled(chosen, name), folded: undefined })}
          />
          {chosen.length > 0 && (
            <Button look="quiet" small onClick={() => onChange({ experiment: undefined })}>
              All experiments
            </Button>
          )}
        </>
      )}
    </Chooser>
  );
}

function ColumnChooser({
  columns,
  curve,
  keys,
  onChange,
}: Pick<ToolbarProps, "columns" | "curve" | "keys" | "onChange">) {
  const choices = (kind: string, names: readonly string[]) =>
    names.map((name) => ({ id: `${kind}.${name}`, label: labelOf(`${kind}.${name}`) }));
  return (
    <>
      <label className="toolbar-curve">
        Small curve of
        <Select value={curve ?? ""} onChange={({ target }) => onChange({ curve: target.value })}>
          <option value="">nothing</option>
          {keys.metrics.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </Select>
      </label>
      <Checklist
        placeholder="Find a column"
        sections={[
          { title: "Run", choices: builtInColumns.map((id) => ({ id, label: labelOf(id) })) },
          { title: "Metrics", choices: choices("metrics", keys.metrics) },
          { title: "Params", choices: choices("params", keys.params) },
          { title: "Tags", choices: choices("tags", keys.tags) },
          { title: "Least values", choices: choices("min", keys.metrics) },
          { title: "Greatest values", choices: choices("max", keys.metrics) },
        ]}
        chosen={new Set(columns)}
        onToggle={(id) => onChange({ columns: toggled(columns, id) ?? [] })}
      />
    </>
  );
}

function ShowMenu({ view, onChange }: Pick<ToolbarProps, "view" | "onChange">) {
  return (
    <Menu
      label="What is shown"
      small
      items={[
        {
          id: "group",
          label: "Group by experiment",
          isOn: view.group !== undefined,
          onSelect: () => onChange({ group: view.group ? undefined : "experiment", folded: undefined }),
        },
        {
          id: "flat",
          label: "Children in rows of their own",
          isOn: view.flat === true,
          onSelect: () => onChange({ flat: view.flat ? undefined : true }),
        },
        {
          id: "archived",
          label: "Archived runs",
          isOn: view.archived === true,
          onSelect: () => onChange({ archived: view.archived ? undefined : true }),
        },
        "line",
        {
          id: "columns",
          label: "Columns as at first",
          icon: <ColumnsIcon size={14} />,
          onSelect: () => onChange({ columns: undefined, curve: undefined, sort: undefined }),
        },
      ]}
    >
      Show
    </Menu>
  );
}
