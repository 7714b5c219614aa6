import assert from "node:assert/strict";
import { test } from "node:test";
import { joinNames, phaseOf } from "./join-names.ts";

test("What differs in the phase of the training alone stands together", () => {
  const names = [
    "loss",
    "lr",
    "train/acc",
    "val/acc",
    "val_loss",
    "test",
    "epoch_train_time",
    "a.b",
    "val.a-b",
  ];

  assert.deepEqual(
    joinNames(names).map(({ name, members }) => [name, members]),
    [
      ["loss", ["loss", "val_loss"]],
      ["lr", ["lr"]],
      ["acc", ["train/acc", "val/acc"]],
      ["test", ["test"]],
      ["epoch_train_time", ["epoch_train_time"]],
      ["a.b", ["a.b"]],
      ["val.a-b", ["val.a-b"]],
    ],
  );
  assert.deepEqual(["val_loss", "train/acc", "loss", "epoch_test_time"].map(phaseOf), [
    "val",
    "train",
    "loss",
    "test",
  ]);
});
