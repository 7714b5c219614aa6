"""Names that scripts and libraries of the time import, and what is behind them."""

import importlib
import os
import unittest
from unittest import mock

from live import LiveTest

from azureml.core import Workspace
from azureml.core.compute import AmlCompute, ComputeTarget
from azureml.core.compute_target import ComputeTargetException, LocalTarget
from azureml.core.script_run_config import ScriptRunConfig
from azureml.exceptions import AuthenticationException


class Imports(unittest.TestCase):
    def test_every_place_has_its_names(self):
        for place, names in {
            "azureml.contrib.tensorboard": "Tensorboard",
            "azureml.contrib.tensorboard.export": "export_to_tensorboard",
            "azureml.core": "get_run",
            "azureml.core.authentication": "AuthenticationException",
            "azureml.core.compute_target": "LocalTarget",
            "azureml.core.resource_configuration": "ResourceConfiguration",
            "azureml.core.run": "Run get_run _OfflineRun _SubmittedRun",
            "azureml.core.workspace": "Workspace WorkspaceException",
            "azureml.data.azure_storage_datastore": "AzureBlobDatastore AzureFileDatastore",
            "azureml.data.datapath": "DataPath DataPathComputeBinding",
            "azureml.data.dataset_error_handling": "DatasetValidationError DatasetExecutionError",
            "azureml.data.dataset_type_definitions": "PromoteHeadersBehavior",
            "azureml._base_sdk_common": "user_agent",
            "azureml._restclient.constants": "RunStatus",
        }.items():
            for name in names.split():
                with self.subTest(f"{place}.{name}"):
                    importlib.import_module("azureml._base_sdk_common.user_agent").append("library", "1.0")
                    self.assertTrue(hasattr(importlib.import_module(place), name))

    def test_azures_other_previews_are_still_absent_with_a_sentence(self):
        with self.assertRaisesRegex(ModuleNotFoundError, "azureml.contrib.fairness is not part of this client"):
            importlib.import_module("azureml.contrib.fairness")

    def test_states_are_compared_by_name(self):
        from azureml._restclient.constants import RunStatus

        self.assertEqual((RunStatus.COMPLETED, RunStatus.CANCEL_REQUESTED), ("Completed", "CancelRequested"))
        self.assertIn("Running", RunStatus.list())
        self.assertEqual(RunStatus.get_terminal_statuses(), ["Completed", "Failed", "Canceled"])

    def test_the_local_target_is_a_target(self):
        self.assertEqual(ScriptRunConfig(".", "a.py", compute_target=LocalTarget()).run_config.target, "local")


class Connecting(LiveTest):
    def test_a_workspace_of_a_server_that_does_not_know_the_token(self):
        url = self.workspace()._connection.url
        with mock.patch.dict(os.environ, TRAINYARD_URL=url, TRAINYARD_TOKEN="wrong"):
            with self.assertRaises(AuthenticationException):
                Workspace("subscription", "group", "any-name")

    def test_what_a_cluster_says_and_refuses(self):
        workspace = self.workspace()
        with self.assertRaisesRegex(TypeError, "max_node"):
            AmlCompute.provisioning_configuration(max_node=2)
        settings = AmlCompute.provisioning_configuration("SIZE", max_nodes=2, identity_type="SystemAssigned")
        cluster = ComputeTarget.create(workspace, "names-cluster", settings)

        status = cluster.get_status()
        self.assertEqual((status.unusable_node_count, status.preempted_node_count), (0, 0))
        self.assertEqual(status.modified_time, status.serialize()["modifiedTime"])
        self.assertTrue(cluster.id.endswith("/computes/names-cluster"))
        with self.assertRaisesRegex(ComputeTargetException, "^ComputeTargetException:\n\tMessage: min_instances is 3 and .* cannot be above"):
            cluster.update(min_nodes=3)
        cluster.delete()


if __name__ == "__main__":
    unittest.main()
