"""`Dataset`: finds registered data sets, and makes new ones of files and tables."""

from __future__ import annotations

from trainyard.data.file_dataset import FileDataset, FileDatasetFactory
from trainyard.errors import ServiceException, UserErrorException
from trainyard.nearest_name import did_you_mean


class _DatasetType(type):
    """`Dataset.Tabular` loads its module when it is first asked for."""

    @property
    def Tabular(cls):
        from trainyard.data.tabular_dataset import TabularDatasetFactory

        return TabularDatasetFactory


class Dataset(metaclass=_DatasetType):
    """Finds registered data sets, and makes new ones by `Dataset.File` and `Dataset.Tabular`."""

    File = FileDatasetFactory

    class Scenario:
        """What a model's data sets were for, in `datasets=[(Dataset.Scenario.TRAINING, dataset)]`."""

        TRAINING = "training"
        VALIDATION = "validation"
        INFERENCING = "inferencing"

    @staticmethod
    def get_by_name(workspace, name: str, version: object = "latest"):
        """A registered data set, by default its latest version. Raises UserErrorException when there is none."""
        from trainyard.server.endpoints import api, is_missing

        try:
            asked = None if version in (None, "latest") else str(version)
            asset = workspace._connection.get(api("assets", "data", name), version=asked)
        except ServiceException as error:
            if not is_missing(error):
                raise
            known = list(Dataset.get_all(workspace))
            raise UserErrorException(
                f"There is no data set {name!r}{'' if asked is None else f' of version {asked}'}."
                f"{did_you_mean(name, known)}",
                error,
            ) from None
        return _of_asset(workspace, asset)

    get = get_by_name

    @staticmethod
    def get_by_id(workspace, id: str):
        """
        The registered data set `name:version`, which is what `dataset.id` gives. Inside a job also what an argument
        became that was given as a data set: the input of this path.
        """
        from trainyard.data.dataset_inputs import dataset_of_argument

        found = dataset_of_argument(id)
        if found is not None:
            return found
        name, _, version = id.rpartition(":")
        return Dataset.get_by_name(workspace, name or version, version if name else "latest")

    @staticmethod
    def get_all(workspace) -> dict:
        """Name to the latest version of each registered data set."""
        assets = workspace._connection.get("/api/v1/assets/data")["assets"]
        return {asset["name"]: _of_asset(workspace, asset) for asset in assets}

    list = get_all


def _of_asset(workspace, asset: dict):
    from trainyard.data.tabular_dataset import READER_PROPERTY, TabularDataset

    kind = TabularDataset if READER_PROPERTY in asset["properties"] else FileDataset
    return kind._of_asset(workspace, asset)
