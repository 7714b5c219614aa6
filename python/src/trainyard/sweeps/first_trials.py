"""Trials of an earlier sweep that a new one begins with."""

from __future__ import annotations

from trainyard.errors import UserErrorException


def resume_trials(spec: dict, children: list) -> None:
    """
    Let the sweep of a job spec begin with these trials: each with its parameters, and with an input of its own for what
    it has kept in ./outputs, which its command is given as `--resume-from`. Raises UserErrorException for other runs.
    """
    from trainyard.data.run_outputs import outputs_path, wire_place
    from trainyard.runs.files import list_artifacts

    first = []
    for number, child in enumerate(children):
        trial = (child._facts()["spec"] or {}).get("trial") if hasattr(child, "_facts") else None
        if not trial:
            raise UserErrorException(
                f"resume_child_runs has {getattr(child, 'id', child)!r}, which is no trial of a sweep. Expected runs of "
                "hyperdrive_run.get_children()."
            )
        first.append({"parameters": trial["parameters"], "inputs": []})
        if not list_artifacts(child._connection, child.id, "outputs/"):
            continue
        name = f"resume_from_{number}"
        place = outputs_path(child)
        source = wire_place(place.datastore, place.path_on_datastore)
        spec["inputs"][name] = {"kind": "data", "source": source, "mode": "mount"}
        first[-1]["inputs"].append(name)
        spec["command"]["source"] += f"$[[ --resume-from ${{{{inputs.{name}}}}}]]"
        spec["command"]["parts"].append(
            {"optional": [{"text": " --resume-from "}, {"binding": "inputs", "name": name}]}
        )
    spec["sweep"]["first"] = first
