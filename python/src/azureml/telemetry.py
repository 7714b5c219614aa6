"""`azureml.telemetry`: nothing is ever reported to anybody."""


def set_diagnostics_collection(send_diagnostics: bool = False, verbosity: object = None) -> None:
    """Accepted, and without effect."""
