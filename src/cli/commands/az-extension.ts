// `az extension`: the ml extension is always there, and is this program.
import type { AddCommand } from "../command-entry.ts";
import { addStub } from "../az-stub.ts";

export const addAzExtension: AddCommand = (parent, context) => {
  const extension = parent
    .command("extension")
    .description("The ml extension is always there")
    .helpCommand(false);
  for (const name of ["add", "update", "remove"]) {
    addStub(extension, { name, summary: "Do nothing and succeed" }, context);
  }
  const ml = { extensionType: "whl", name: "ml", version: "2.0.2" };
  addStub(extension, { name: "list", summary: "List the ml extension", answer: () => [ml] }, context);
  addStub(extension, { name: "show", summary: "Show the ml extension", answer: () => ml }, context);
};
