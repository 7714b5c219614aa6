"""What the in-job client leaves to the full one: it says so, instead of an AttributeError that looks like a slip."""

from __future__ import annotations

from trainyard.errors import NotInJobClient

_FULL_CLIENT = frozenset(
    "parent number status type tags properties input_datasets output_datasets "
    "get_details get_details_with_logs get_status get_metrics get_tags get_properties get_file_names get_children "
    "get_portal_url get_snapshot_id get_environment get_secret get_all_logs wait_for_completion download_file "
    "download_files register_model child_run create_children submit_child cancel start restore_snapshot "
    "take_snapshot workspace".split()
)
"""Names of azureml's surface that need the server's answer."""


class FullClientLater:
    """Says plainly which names arrive with the full client; any other unknown name is an ordinary AttributeError."""

    def __getattr__(self, name: str):
        if name in _FULL_CLIENT:
            raise NotInJobClient(
                f"{name!r} reads from or controls the server, which arrives with the full client. The in-job client "
                "records metrics, tags, properties and files; read them with the trainyard command or in the studio."
            )
        raise AttributeError(f"{type(self).__name__.lstrip('_')!r} object has no attribute {name!r}")
