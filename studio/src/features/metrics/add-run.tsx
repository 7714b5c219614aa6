// Chooses another run of the experiment to be drawn over this one.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { z } from "zod";
import type { listJobs } from "../../../../src/api/jobs.ts";
import { call } from "../../api/call.ts";
import { TextInput } from "../../ui/field.tsx";
import { Chooser } from "../../ui/popover.tsx";
import { StateIcon } from "../../ui/state-badge.tsx";
import { Ago } from "../../ui/time.tsx";
import "./charts.css";

interface AddRunProps {
  experiment: string;
  taken: readonly string[];
  onAdd: (run: string) => void;
  label?: string;
}

export function AddRun({ label = "Add a run", ...props }: AddRunProps) {
  return (
    <Chooser label={label} title="Runs of this experiment" small>
      {(close) => <Runs {...props} close={close} />}
    </Chooser>
  );
}

function Runs({ experiment, taken, onAdd, close }: AddRunProps & { close: () => void }) {
  const [filter, setFilter] = useState("");
  const { data } = useQuery({
    queryKey: ["jobs", "of-experiment", experiment],
    queryFn: ({ signal }) =>
      call<z.output<typeof listJobs.response>>("/jobs", { query: { experiment, limit: 300 }, signal }),
  });
  const wanted = filter.toLowerCase();
  const jobs = (data?.jobs ?? []).filter(
    ({ name, displayName }) =>
      !taken.includes(name) && `${name} ${displayName}`.toLowerCase().includes(wanted),
  );
  return (
    <div className="add-run">
      <TextInput
        autoFocus
        type="search"
        aria-label="Filter runs by name"
        placeholder="Filter by name"
        value={filter}
        onChange={(event) => setFilter(event.target.value)}
      />
      <ul className="add-run-list">
        {jobs.slice(0, 100).map(({ name, displayName, state, createdAt }) => (
          <li key={name}>
            <button
              type="button"
              className="menu-item"
              onClick={() => {
                close();
                onAdd(name);
              }}
            >
              <StateIcon state={state} />
              <span className="add-run-name">{displayName}</span>
              <span className="menu-end">
                <Ago at={createdAt} />
              </span>
            </button>
          </li>
        ))}
      </ul>
      {data && jobs.length === 0 && <p className="add-run-none">No other run of {experiment} fits.</p>}
    </div>
  );
}
