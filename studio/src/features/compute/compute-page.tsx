// Where jobs run: each compute with its nodes, what is on them, and who waits for one and why.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { computePath, computesQuery } from "../../api/compute-queries.ts";
import type { Compute } from "../../api/compute-queries.ts";
import { call } from "../../api/call.ts";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/dialog.tsx";
import { plural } from "../../ui/format.ts";
import { ComputeIcon, SubmitIcon } from "../../ui/icons.tsx";
import { Menu } from "../../ui/menu.tsx";
import { PageHead } from "../../ui/page-head.tsx";
import { Badge } from "../../ui/state-badge.tsx";
import type { Tone } from "../../ui/state-badge.tsx";
import { Table } from "../../ui/table.tsx";
import { Ago } from "../../ui/time.tsx";
import { say, sayProblem } from "../../ui/toast.tsx";
import { Trouble } from "../../ui/trouble.tsx";
import { ComputeForm } from "./compute-form.tsx";
import "./compute.css";

type Node = Compute["nodes"][number];

const tones: Readonly<Record<Node["state"], Tone>> = {
  idle: "quiet",
  preparing: "wait",
  running: "busy",
  leaving: "quiet",
  preempted: "bad",
};

export function ComputePage() {
  const { data, error } = useQuery(computesQuery());
  const queries = useQueryClient();
  const [open, setOpen] = useState<{ what: "new" } | { what: "edit" | "delete"; compute: Compute }>();
  const close = () => setOpen(undefined);
  const remove = async ({ name }: Compute) => {
    await call(computePath(name), { method: "DELETE" });
    await queries.invalidateQueries({ queryKey: ["computes"] });
    say(`${name} is deleted`);
  };
  return (
    <div>
      <PageHead
        title="Compute"
        beside={data && <span className="soft">{plural(data.length, "target")}</span>}
        actions={
          <Button onClick={() => setOpen({ what: "new" })}>
            <SubmitIcon size={14} />
            New compute
          </Button>
        }
      />
      {error && <Trouble error={error} />}
      <div className="computes">
        {data?.map((compute) => (
          <ComputeBox
            key={compute.name}
            compute={compute}
            onEdit={() => setOpen({ what: "edit", compute })}
            onDelete={() => setOpen({ what: "delete", compute })}
          />
        ))}
      </div>
      {open?.what === "new" && <ComputeForm onClose={close} />}
      {open?.what === "edit" && <ComputeForm compute={open.compute} onClose={close} />}
      {open?.what === "delete" && (
        <Confirm
          title={`Delete ${open.compute.name}?`}
          action="Delete it"
          look="danger"
          onClose={close}
          onConfirm={() => void remove(open.compute).catch(sayProblem)}
        >
          <p>Runs that were on it keep all they have. Jobs that have not ended keep it from being deleted.</p>
        </Confirm>
      )}
    </div>
  );
}

interface ComputeBoxProps {
  compute: Compute;
  onEdit: () => void;
  onDelete: () => void;
}

function ComputeBox({ compute, onEdit, onDelete }: ComputeBoxProps) {
  const { name, type, nodes, waiting, description, minInstances, maxInstances, size, tier } = compute;
  const busy = nodes.filter(({ run }) => run !== null).length;
  return (
    <section className="compute" aria-labelledby={`compute-${name}`} data-compute={name}>
      <header>
        <ComputeIcon />
        <h2 id={`compute-${name}`}>{name}</h2>
        <Badge>{type === "local" ? "this machine" : type}</Badge>
        {tier === "low_priority" && <Badge tone="wait">low priority</Badge>}
        <span className="soft compute-summary">
          {busy} of {plural(maxInstances, "node")} busy
          {minInstances > 0 && `, at least ${minInstances} kept`}
          {size !== "" && `, ${size}`}
          {waiting.length > 0 && `, ${plural(waiting.length, "job")} waiting`}
        </span>
        <Menu
          label={`What to do with ${name}`}
          small
          items={[
            { id: "edit", label: "Change …", onSelect: onEdit },
            {
              id: "delete",
              label: "Delete …",
              danger: true,
              disabled: type === "local",
              onSelect: onDelete,
            },
          ]}
        />
      </header>
      {description !== "" && <p className="compute-about">{description}</p>}
      <Nodes nodes={nodes} most={maxInstances} name={name} />
      {waiting.length > 0 && (
        <Table
          label={`Jobs that wait for ${name}`}
          rows={waiting}
          keyOf={({ run }) => run}
          columns={[
            { id: "position", head: "Next", isNumber: true, cell: ({ position }) => position },
            { id: "run", head: "Job", cell: ({ run }) => <RunLink run={run} /> },
            { id: "reason", head: "Why it waits", cell: ({ reason }) => reason },
          ]}
        />
      )}
    </section>
  );
}

const RunLink = ({ run }: { run: string }) => (
  <Link to="/runs/$run" params={{ run }}>
    {run}
  </Link>
);

const mostFree = 24;

function Nodes({ nodes, most, name }: { nodes: readonly Node[]; most: number; name: string }) {
  const free = Math.max(0, most - nodes.length);
  return (
    <ul className="nodes" aria-label={`Nodes of ${name}`}>
      {nodes.map((node) => (
        <li key={node.name} className="node">
          <span className="node-line">
            <strong>{node.name}</strong>
            <Badge tone={tones[node.state]}>{node.state}</Badge>
          </span>
          <span className="node-what">
            {node.run === null ? <span className="faint">free</span> : <RunLink run={node.run} />}{" "}
            <span className="faint">
              <Ago at={node.since} />
            </span>
          </span>
          {node.gpus !== null && node.gpus.length > 0 && (
            <span className="soft">GPU {node.gpus.join(", ")}</span>
          )}
        </li>
      ))}
      {free > 0 && (
        <li className="node node-free">
          {Array.from({ length: Math.min(free, mostFree) }, (_, index) => (
            <span key={index} className="node-slot" aria-hidden="true" />
          ))}
          <span className="soft">{plural(free, "more node")} when needed</span>
        </li>
      )}
    </ul>
  );
}
