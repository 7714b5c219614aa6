"""Tables of several files: which lines count, and that no file is lost."""

import importlib.util
import unittest

from live import LiveTest

from azureml.core import Dataset
from azureml.data import DataType
from azureml.data.dataset_type_definitions import PromoteHeadersBehavior
from azureml.exceptions import DatasetValidationError, UserErrorException


@unittest.skipUnless(importlib.util.find_spec("pandas"), "a table is read by pandas: pip install pandas")
class Tables(LiveTest):
    def test_files_of_one_name_are_all_read(self):
        self.write("local/2019/data.csv", "a\n1\n")
        self.write("local/2020/data.csv", "a\n2\n")
        for path in (["local/2019/data.csv", "local/2020/data.csv"], "local/**/data.csv"):
            with self.subTest(path):
                table = Dataset.Tabular.from_delimited_files(path, include_path=True)
                frame = table.to_pandas_dataframe()
                self.assertEqual(frame["a"].tolist(), [1, 2])
                self.assertEqual(frame["Path"].tolist(), ["/2019/data.csv", "/2020/data.csv"])

    def test_only_the_first_file_has_a_header(self):
        self.write("local/1.csv", "a,b\n1,x\n")
        self.write("local/2.csv", "2,y\n")
        header = PromoteHeadersBehavior.ONLY_FIRST_FILE_HAS_HEADERS
        table = Dataset.Tabular.from_delimited_files("local/*.csv", header=header)
        self.assertEqual(table.to_pandas_dataframe().values.tolist(), [[1, "x"], [2, "y"]])

        bare = Dataset.Tabular.from_delimited_files("local/2.csv", header=PromoteHeadersBehavior.NO_HEADERS)
        self.assertEqual(bare.to_pandas_dataframe().to_dict("list"), {"Column1": [2], "Column2": ["y"]})
        self.write("local/3.csv", "3\n")
        with self.assertRaisesRegex(DatasetValidationError, "3.csv cannot be read.*1 columns, and the first file 2"):
            table.to_pandas_dataframe()
        with self.assertRaisesRegex(UserErrorException, "header is 'none'; expected"):
            Dataset.Tabular.from_delimited_files("local/1.csv", header="none")

    def test_times_are_read_as_times_unless_types_are_not_inferred(self):
        lines = ["day,at,zone,part,text", "2019-02-01,2019-02-01 10:00:00,2019-02-01T00:00:00Z,2019-02-01,x"]
        self.write("local/t.csv", "\n".join([*lines, "2019-02-03,,2019-02-01T00:00:00Z,soon,2019-02-30"]) + "\n")
        frame = Dataset.Tabular.from_delimited_files("local/t.csv").to_pandas_dataframe()
        self.assertEqual(frame["day"].dt.day.tolist(), [1, 3])
        self.assertEqual(frame["at"].dt.hour.tolist()[0], 10)
        self.assertEqual(
            [frame[name][0] for name in ("zone", "part", "text")], ["2019-02-01T00:00:00Z", "2019-02-01", "x"]
        )

        self.write("local/u.csv", "day,at\nlater,2019-02-01 10:00:00\n")
        both = Dataset.Tabular.from_delimited_files("local/*.csv").to_pandas_dataframe()
        self.assertEqual(both["day"].tolist(), ["2019-02-01", "2019-02-03", "later"])
        self.assertEqual(both["at"].dt.hour.tolist()[2], 10)

        plain = Dataset.Tabular.from_delimited_files("local/t.csv", infer_column_types=False).to_pandas_dataframe()
        self.assertEqual(plain["day"].tolist(), ["2019-02-01", "2019-02-03"])
        typed = Dataset.Tabular.from_delimited_files("local/t.csv", set_column_types={"day": DataType.to_string()})
        self.assertEqual(typed.to_pandas_dataframe()["day"].tolist(), ["2019-02-01", "2019-02-03"])

    def test_lines_that_are_no_json_are_left_out_where_that_is_asked(self):
        self.write("lines.jsonl", '{"a": 1}\nnot json\n[2]\n{"a": 3}\n')
        table = Dataset.Tabular.from_json_lines_files("lines.jsonl", invalid_lines="drop")
        self.assertEqual(table.to_pandas_dataframe()["a"].tolist(), [1, 3])

        with self.assertRaises(DatasetValidationError):
            Dataset.Tabular.from_json_lines_files("lines.jsonl").to_pandas_dataframe()
        with self.assertRaisesRegex(UserErrorException, "'error' or 'drop'"):
            Dataset.Tabular.from_json_lines_files("lines.jsonl", invalid_lines="keep")


if __name__ == "__main__":
    unittest.main()
