"""
`import azureml.mlflow`, as scripts do before they use MLflow. A Trainyard server speaks MLflow itself, so nothing has
to be set up: `mlflow.set_tracking_uri(ws.get_mlflow_tracking_uri())` outside jobs, and not even that inside.
"""

from trainyard.mlflow_runs import get_portal_url, register_model

__all__ = ["get_portal_url", "register_model"]
