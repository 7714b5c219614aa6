"""Tables: files with a way to read them as one pandas data frame."""

from __future__ import annotations

import copy
import json
import os

from trainyard.data.abstract_dataset import AbstractDataset
from trainyard.data.column_types import column_types_for_wire, convert_columns
from trainyard.data.data_source import check_places, places_of
from trainyard.data.partition_format import partition_keys, partition_values
from trainyard.data.table_frames import FIRST_FILE, apply_step, header_for_wire, infer_times, read_frame
from trainyard.errors import (
    DatasetTimestampMissingError,
    DatasetValidationError,
    NotSupported,
    UserErrorException,
)

READER_PROPERTY = "trainyard.tabular"


class TabularDataset(AbstractDataset):
    """
    `to_pandas_dataframe()` reads it; take, skip, sample, keep_columns and the like are remembered and done then.

    Needs pandas where it is read, and pyarrow for parquet files.
    """

    def __init__(
        self,
        reader: dict,
        places: list | None = None,
        source: dict | None = None,
        workspace=None,
        asset: dict | None = None,
    ) -> None:
        super().__init__(places, source, workspace, asset)
        self._reader = reader

    def to_pandas_dataframe(self, on_error: str = "null", out_of_range_datetime: str = "null"):
        """
        All rows of all files, in the order of their paths. A value that is not of its column's set type is null, or
        with `on_error='fail'` an error.

        Raises DatasetValidationError naming a file at fault.
        """
        try:
            import pandas
        except ImportError:
            raise UserErrorException("to_pandas_dataframe() needs pandas: pip install pandas.") from None
        frames = []
        reader = self._reader
        for inside, local in sorted(self._files().items()):
            if self._is_hidden(inside):
                continue
            try:
                frame = read_frame(pandas, reader, local)
            except ImportError as error:
                raise UserErrorException(f"Reading {inside} needs another package: {error}.") from None
            except (ValueError, OSError, UnicodeDecodeError) as error:
                raise DatasetValidationError(
                    f"{inside} cannot be read as {self._reader['format']}: {error}", error
                ) from None
            if reader.get("header") == FIRST_FILE:
                # The others have none, and the same columns.
                reader = {**reader, "header": False, "names": list(frame.columns)}
            convert_columns(frame, self._reader.get("types", {}), on_error == "fail")
            if self._partition_format:
                for name, value in partition_values(self._partition_format, inside).items():
                    frame[name] = value
            if self._reader.get("include_path"):
                frame.insert(0, "Path", "/" + inside)
            frames.append(frame)
        if not frames:
            raise DatasetValidationError("The data set holds no file to read.")
        whole = frames[0] if len(frames) == 1 else pandas.concat(frames, ignore_index=True)
        if self._reader.get("infer"):
            infer_times(pandas, whole, {"Path", *self.partition_keys, *self._reader.get("types", {})})
        for step in self._reader.get("steps", []):
            whole = apply_step(whole, step)
        return whole

    @property
    def _partition_format(self) -> str | None:
        return self._reader.get("partition_format")

    @staticmethod
    def _is_hidden(path: str) -> bool:
        return os.path.basename(path).startswith((".", "_"))

    def to_spark_dataframe(self):
        """Raises NotSupported: there is no Spark."""
        raise NotSupported("Trainyard runs no Spark. Use to_pandas_dataframe().")

    def take(self, count: int) -> TabularDataset:
        """The first rows only."""
        return self._with({"do": "take", "count": int(count)})

    def skip(self, count: int) -> TabularDataset:
        """Without the first rows."""
        return self._with({"do": "skip", "count": int(count)})

    def sample(self, probability: float, seed: int | None = None) -> TabularDataset:
        """Each row with this probability (0 to 1)."""
        return self._with({"do": "sample", "probability": float(probability), "seed": seed})

    def random_split(self, percentage: float, seed: int | None = None) -> tuple:
        """Two tables; a row is in the first with this probability (0 to 1). Without a seed, one is drawn."""
        seed = int.from_bytes(os.urandom(4), "big") if seed is None else seed
        step = {"do": "split", "probability": float(percentage), "seed": seed}
        return self._with({**step, "part": 0}), self._with({**step, "part": 1})

    def keep_columns(self, columns: object, validate: bool = False) -> TabularDataset:
        """Only this column or these."""
        made = self._with({"do": "keep", "columns": _listed(columns)})
        made._forget_times(lambda name: name not in _listed(columns))
        return made

    def drop_columns(self, columns: object) -> TabularDataset:
        """Without this column or these, as far as they are there."""
        made = self._with({"do": "drop", "columns": _listed(columns)})
        made._forget_times(lambda name: name in _listed(columns))
        return made

    def _forget_times(self, is_gone) -> None:
        for key in ("timestamp", "partition_timestamp"):
            if is_gone(self._reader.get(key)):
                self._reader.pop(key, None)

    def with_timestamp_columns(
        self,
        timestamp: str | None = None,
        partition_timestamp: str | None = None,
        validate: bool = False,
        fine_grain_timestamp: str | None = None,
        coarse_grain_timestamp: str | None = None,
    ) -> TabularDataset:
        """
        The same (older scripts say `fine_grain_timestamp` and `coarse_grain_timestamp`); `timestamp` is the column that time_before and the like look at, or `partition_timestamp`, the
        coarser one out of the paths, where it is the only one.
        """
        made = self._with(None)
        made._reader["timestamp"] = timestamp or fine_grain_timestamp
        made._reader["partition_timestamp"] = partition_timestamp or coarse_grain_timestamp
        return made

    @property
    def timestamp_columns(self) -> tuple:
        """`(timestamp, partition_timestamp)`, None for what was not said."""
        return self._reader.get("timestamp"), self._reader.get("partition_timestamp")

    def time_before(self, end_time, include_boundary: bool = True, validate: bool = True) -> TabularDataset:
        """The rows up to this time."""
        return self._timed(None, end_time, include_boundary)

    def time_after(self, start_time, include_boundary: bool = True, validate: bool = True) -> TabularDataset:
        """The rows from this time on."""
        return self._timed(start_time, None, include_boundary)

    def time_between(
        self, start_time, end_time, include_boundary: bool = True, validate: bool = True
    ) -> TabularDataset:
        """The rows between these times."""
        return self._timed(start_time, end_time, include_boundary)

    def time_recent(self, time_delta, include_boundary: bool = True, validate: bool = True) -> TabularDataset:
        """The rows of the last `time_delta` (a timedelta) before now."""
        from datetime import datetime, timezone

        return self._timed(datetime.now(timezone.utc) - time_delta, None, include_boundary)

    def to_csv_files(self, separator: str = ","):
        """The table as a data set of one CSV file in a temporary folder of this machine."""
        from trainyard.data.file_dataset import FileDataset

        return self._written(
            FileDataset, "data.csv", lambda frame, path: frame.to_csv(path, sep=separator, index=False)
        )

    def to_parquet_files(self):
        """The table as a data set of one parquet file in a temporary folder of this machine."""
        from trainyard.data.file_dataset import FileDataset

        return self._written(FileDataset, "data.parquet", lambda frame, path: frame.to_parquet(path))

    def _written(self, kind, name: str, write):
        from trainyard.data.data_files import TemporaryFolder

        folder = TemporaryFolder()
        path = os.path.join(folder.name, name)
        write(self.to_pandas_dataframe(), path)
        made = kind([(None, path)], workspace=self._workspace)
        made._kept.append(folder)
        return made

    def _timed(self, start, end, inclusive: bool) -> TabularDataset:
        fine, coarse = self.timestamp_columns
        column = fine or coarse
        if not column:
            raise DatasetTimestampMissingError(
                "The table has no timestamp column: say which by with_timestamp_columns('column')."
            )
        texts = [None if one is None else one.isoformat() for one in (start, end)]
        return self._with(
            {
                "do": "time",
                "column": column,
                "start": texts[0],
                "end": texts[1],
                "inclusive": inclusive,
            }
        )

    def _with(self, step: dict | None) -> TabularDataset:
        made = copy.copy(self)
        made._reader = copy.deepcopy(self._reader)
        if step is not None:
            made._reader.setdefault("steps", []).append(step)
            if made._asset is not None:
                made._source, made._asset = made._asset["content"]["source"], None
        return made

    def _properties(self) -> dict:
        return {READER_PROPERTY: json.dumps(self._reader, sort_keys=True)}

    @classmethod
    def _of_asset(cls, workspace, asset: dict) -> TabularDataset:
        return cls(json.loads(asset["properties"][READER_PROPERTY]), workspace=workspace, asset=asset)

    def __repr__(self) -> str:
        return f"TabularDataset(name={self.name!r}, version={self.version!r}, format={self._reader['format']!r})"


class TabularDatasetFactory:
    """`Dataset.Tabular`."""

    @staticmethod
    def from_delimited_files(
        path: object,
        validate: bool = True,
        include_path: bool = False,
        infer_column_types: bool = True,
        set_column_types: dict | None = None,
        separator: str = ",",
        header: object = True,
        partition_format: str | None = None,
        support_multi_line: bool = False,
        empty_as_string: bool = False,
        encoding: str = "utf8",
    ) -> TabularDataset:
        """
        Of CSV files and the like, in the places that Dataset.File.from_files takes. `header` is True, False for files
        whose first line is data, or a PromoteHeadersBehavior. `partition_format` makes columns out of each file's path: '{name}' a text,
        '{name:yyyy/MM/dd}' a time. `set_column_types` is a dict of columns and DataType.to_string() and the like.
        """
        reader = {
            "format": "delimited",
            "separator": separator,
            "header": header_for_wire(header),
            "encoding": encoding,
            "infer": infer_column_types,
            "empty_as_string": empty_as_string,
            "include_path": include_path,
        }
        return _table(reader, path, validate, set_column_types, partition_format)

    @staticmethod
    def from_parquet_files(
        path: object,
        validate: bool = True,
        include_path: bool = False,
        set_column_types: dict | None = None,
        partition_format: str | None = None,
    ) -> TabularDataset:
        """Of parquet files; `partition_format` as for delimited files."""
        reader = {"format": "parquet", "include_path": include_path}
        return _table(reader, path, validate, set_column_types, partition_format)

    @staticmethod
    def from_json_lines_files(
        path: object,
        validate: bool = True,
        include_path: bool = False,
        set_column_types: dict | None = None,
        partition_format: str | None = None,
        invalid_lines: str = "error",
        encoding: str = "utf8",
    ) -> TabularDataset:
        """
        Of files with one JSON object a line; `partition_format` as for delimited files. Lines that are none are an
        error when the table is read, or with `invalid_lines="drop"` left out.
        """
        if invalid_lines not in ("error", "drop"):
            raise UserErrorException(f"invalid_lines is {invalid_lines!r}; expected 'error' or 'drop'.")
        reader = {"format": "json lines", "include_path": include_path, "encoding": encoding}
        if invalid_lines == "drop":
            reader["invalid_lines"] = invalid_lines
        return _table(reader, path, validate, set_column_types, partition_format)

    @staticmethod
    def register_pandas_dataframe(
        dataframe,
        target: object,
        name: str,
        description: str | None = None,
        tags: dict | None = None,
        show_progress: bool = True,
    ) -> TabularDataset:
        """Write a data frame as parquet into (datastore, 'path'), or a datastore, and register it."""
        import tempfile

        [(datastore, path)] = places_of(target)
        place = f"{(path or '').strip('/')}/{os.urandom(8).hex()}".strip("/")
        with tempfile.TemporaryDirectory() as folder:
            local = os.path.join(folder, "data.parquet")
            dataframe.to_parquet(local)
            datastore.upload_files([local], folder, place, show_progress=show_progress)
        made = TabularDatasetFactory.from_parquet_files((datastore, f"{place}/data.parquet"))
        return made.register(datastore.workspace, name, description, tags, create_new_version=True)

    @staticmethod
    def from_sql_query(query: object, *_arguments: object, **_options: object):
        """Raises NotSupported: databases are read in the script."""
        raise NotSupported(
            "Data sets of SQL queries are not supported. Read the database in the script, or export its table."
        )


def _table(
    reader: dict, path: object, validate: bool, types: dict | None, partition_format: str | None
) -> TabularDataset:
    if types:
        reader["types"] = column_types_for_wire(types)
    if partition_format:
        partition_keys(partition_format)
        reader["partition_format"] = partition_format
    places = places_of(path)
    if validate:
        check_places(places)
    return TabularDataset(reader, places)


def _listed(columns: object) -> list:
    return [columns] if isinstance(columns, str) else list(columns)
