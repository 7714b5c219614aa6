// The page of an empty workspace: the three ways in which runs come here.
import { useQuery } from "@tanstack/react-query";
import { workspaceQuery } from "../../api/queries.ts";
import { Command } from "../../ui/copy.tsx";
import "./first-visit.css";

export function FirstVisit() {
  const { data } = useQuery(workspaceQuery());
  const url = data?.trackingUri ?? location.origin;
  return (
    <div className="first-visit">
      <h2>Nothing has run here yet</h2>
      <p className="soft">Each of these fills this page. It shows what happens by itself: leave it open.</p>
      <ol>
        <li>
          <h3>Train the example</h3>
          <p>A job file, its code, a Python environment: the whole way once, in under a minute.</p>
          <Command>trainyard job create -f examples/iris/job.yml --stream</Command>
        </li>
        <li>
          <h3>Run a command of your own</h3>
          <p>A job needs three keys: what to run, in which environment, and where.</p>
          <Command>trainyard job create -f job.yml --stream</Command>
        </li>
        <li>
          <h3>Log from a script or notebook</h3>
          <p>MLflow's clients write here unchanged; this says where, and with which token.</p>
          <Command>{`eval "$(trainyard env)" && python train.py`}</Command>
        </li>
      </ol>
      <p className="faint">This server is at {url}.</p>
    </div>
  );
}
