"""What each logging method writes."""

import decimal
import json
import os
import unittest

from support import JobTest, captured

try:
    import numpy
except ImportError:
    numpy = None


class Scalars(JobTest):
    def test_a_number_is_a_point_with_the_step_that_was_given(self):
        self.job_run.log("loss", 0.25)
        self.job_run.log("loss", 1e-07, step=3)
        self.job_run.log("count", 7, "described", 4)

        self.assertEqual(
            self.records(),
            [
                {"t": "m", "n": "loss", "v": 0.25},
                {"t": "m", "n": "loss", "v": 1e-07, "s": 3},
                {"t": "m", "n": "count", "v": 7, "s": 4},
            ],
        )

    def test_what_json_cannot_say_travels_as_a_word(self):
        for value in (float("nan"), float("inf"), float("-inf"), 10**400, -(10**400)):
            self.job_run.log("odd", value, step=1)

        self.assertEqual(
            [record["v"] for record in self.records()], ["NaN", "Infinity", "-Infinity", "Infinity", "-Infinity"]
        )

    def test_an_integer_beyond_the_doubles_exact_range_is_the_nearest_double(self):
        self.job_run.log("large", 2**53)
        self.job_run.log("larger", 10**20)

        self.assertEqual([record["v"] for record in self.records()], [2**53, 1e20])

    def test_a_text_or_a_bool_is_of_kind_text(self):
        self.job_run.log("note", 'a "quoted"\nline', step=2)
        self.job_run.log("flag", True)

        self.assertEqual(
            self.records(),
            [
                {"t": "x", "n": "note", "k": "text", "v": 'a "quoted"\nline', "s": 2},
                {"t": "x", "n": "flag", "k": "text", "v": True},
            ],
        )

    def test_names_of_any_characters_come_back_as_they_were(self):
        names = ['a"b\\c', "Verlust für ü", "emoji 🎉", "line\nbreak", "val/loss", "test-multi_logloss"]
        for name in names:
            self.job_run.log(name, 1.0)

        self.assertEqual([record["n"] for record in self.records()], names)

    def test_more_names_than_are_cached_are_all_written(self):
        for index in range(5000):
            self.job_run.log(f"name_{index}", 0.5)

        self.assertEqual([record["n"] for record in self.records()], [f"name_{index}" for index in range(5000)])

    def test_a_librarys_scalar_is_converted(self):
        class Tensor:
            def item(self):
                return 1.5

        class OnlyFloat:
            def __float__(self):
                return 2.5

        for value in (Tensor(), OnlyFloat(), decimal.Decimal("3.5")):
            self.job_run.log("v", value)

        self.assertEqual([record["v"] for record in self.records()], [1.5, 2.5, 3.5])

    def test_a_step_that_is_a_whole_float_counts_and_another_is_left_out_with_a_warning(self):
        self.job_run.log("loss", 0.5, step=2.0)
        with captured("stderr") as stderr:
            self.job_run.log("loss", 0.5, step=2.5)

        self.assertEqual([record.get("s") for record in self.records()], [2, None])
        self.assertIn("step must be a whole number", stderr.getvalue())

    @unittest.skipUnless(numpy, "numpy is not installed")
    def test_numpys_scalars_are_converted(self):
        values = [
            numpy.float64(0.5),
            numpy.float32(0.25),
            numpy.int64(3),
            numpy.array(4.0),
            numpy.array([5]),
            numpy.float64("nan"),
            numpy.float32("-inf"),
            numpy.longdouble(1.5),
        ]
        for value in values:
            self.job_run.log("v", value, step=numpy.int32(1))
        self.job_run.log("v", numpy.bool_(True))

        records = self.records()
        self.assertEqual([r["v"] for r in records], [0.5, 0.25, 3, 4.0, 5, "NaN", "-Infinity", 1.5, True])
        self.assertEqual({r.get("s") for r in records[:-1]}, {1})
        self.assertEqual(records[-1]["k"], "text")


class Lists(JobTest):
    def test_a_list_of_any_length_is_that_many_points_in_order(self):
        self.job_run.log_list("series", list(range(10_001)))

        self.assertEqual([record["v"] for record in self.records()], list(range(10_001)))

    def test_tuples_and_generators_are_lists_too(self):
        self.job_run.log_list("a", (1, 2.5))
        self.job_run.log_list("b", (n * n for n in range(3)))

        self.assertEqual(
            [(r["n"], r["v"]) for r in self.records()], [("a", 1), ("a", 2.5), ("b", 0), ("b", 1), ("b", 4)]
        )

    def test_a_bad_item_is_left_out_with_a_warning(self):
        with captured("stderr") as stderr:
            self.job_run.log_list("series", [1, None, 3])

        self.assertEqual([record["v"] for record in self.records()], [1, 3])
        self.assertIn("NoneType", stderr.getvalue())

    @unittest.skipUnless(numpy, "numpy is not installed")
    def test_a_numpy_array_is_a_list(self):
        self.job_run.log_list("series", numpy.array([0.5, numpy.nan, 2]))

        self.assertEqual([record["v"] for record in self.records()], [0.5, "NaN", 2.0])


class Tables(JobTest):
    def test_a_row_is_one_record_of_its_cells(self):
        self.job_run.log_row("table", epoch=1, loss=float("nan"), note="ok")

        self.assertEqual(
            self.records(), [{"t": "x", "n": "table", "k": "table", "v": {"epoch": 1, "loss": "NaN", "note": "ok"}}]
        )

    def test_a_table_is_one_record_a_row_and_shorter_columns_leave_cells_out(self):
        self.job_run.log_table("table", {"x": [1, 2], "y": ["a"], "z": 0.5})

        self.assertEqual([record["v"] for record in self.records()], [{"x": 1, "y": "a", "z": 0.5}, {"x": 2}])

    def test_a_cell_of_another_type_is_its_text(self):
        self.job_run.log_row("table", path=os.path, size=decimal.Decimal("1.5"), tags={"b"})

        self.assertEqual(self.records()[0]["v"], {"path": str(os.path), "size": 1.5, "tags": ["b"]})

    @unittest.skipUnless(numpy, "numpy is not installed")
    def test_numpys_arrays_are_columns(self):
        self.job_run.log_table("table", {"x": numpy.arange(2), "y": numpy.array([numpy.inf, 0.5])})

        self.assertEqual([record["v"] for record in self.records()], [{"x": 0, "y": "Infinity"}, {"x": 1, "y": 0.5}])


class Charts(JobTest):
    MATRIX = {
        "schema_type": "confusion_matrix",
        "schema_version": "1.0.0",
        "data": {"class_labels": ["a", "b"], "matrix": [[3, 1], [0, 4]]},
    }

    def test_a_chart_is_kept_as_it_was_given_from_a_dict_or_from_its_json(self):
        self.job_run.log_confusion_matrix("cm", self.MATRIX)
        self.job_run.log_confusion_matrix("cm", json.dumps(self.MATRIX))

        self.assertEqual(self.records(), [{"t": "x", "n": "cm", "k": "confusion_matrix", "v": self.MATRIX}] * 2)

    def test_each_chart_has_its_kind(self):
        value = {"data": {"bin_edges": [0, 1]}}
        self.job_run.log_accuracy_table("a", value)
        self.job_run.log_predictions("p", value)
        self.job_run.log_residuals("r", value)

        self.assertEqual([record["k"] for record in self.records()], ["accuracy_table", "predictions", "residuals"])

    def test_a_chart_of_another_type_or_shape_is_skipped_with_a_warning(self):
        for kind, value in (
            ("log_residuals", self.MATRIX),
            ("log_confusion_matrix", "{not json"),
            ("log_predictions", {"no": "data"}),
        ):
            with self.subTest(kind), captured("stderr") as stderr:
                getattr(self.job_run, kind)("chart", value)

                self.assertIn(kind, stderr.getvalue())
        self.assertEqual(self.records(), [])


class Images(JobTest):
    def test_a_plot_becomes_an_artifact_that_the_record_names(self):
        class Plot:
            def savefig(self, file, format):
                file.write(b"image of " + format.encode())

        self.job_run.log_image("my plot/1", plot=Plot())
        self.job_run.log_image("my plot/1", plot=Plot())

        first, second = self.records()
        self.assertRegex(first["v"], r"^my plot_1_\d{13}\.png$")
        self.assertEqual((first["n"], first["k"]), ("my plot/1", "image"))
        self.assertEqual(self.staged(), {first["v"]: b"image of png", second["v"]: b"image of png"})

    def test_a_file_keeps_its_bytes_and_suffix(self):
        path = os.path.join(self.temporary_folder(), "picture.jpg")
        with open(path, "wb") as file:
            file.write(b"jpeg")

        self.job_run.log_image("photo", path)

        (record,) = self.records()
        self.assertTrue(record["v"].endswith(".jpg"))
        self.assertEqual(self.staged(), {record["v"]: b"jpeg"})

    def test_a_plot_that_fails_leaves_nothing_but_a_warning(self):
        class Plot:
            def savefig(self, file, format):
                file.write(b"half")
                raise RuntimeError("no display")

        with captured("stderr") as stderr:
            self.job_run.log_image("plot", plot=Plot())
            self.job_run.log_image("plot", path="missing.png")
            self.job_run.log_image("plot")

        for part in ("no display", "missing.png", "exactly one"):
            with self.subTest(part):
                self.assertIn(part, stderr.getvalue())
        self.assertEqual(os.listdir(os.path.join(self.folder, "files")), [])


if __name__ == "__main__":
    unittest.main()
