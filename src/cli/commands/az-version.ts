// `az version`: scripts ask it whether the ml extension is there.
import type { AddCommand } from "../command-entry.ts";
import { addStub } from "../az-stub.ts";
import { packageVersion } from "../package-version.ts";

export const addAzVersion: AddCommand = (parent, context) =>
  addStub(
    parent,
    {
      name: "version",
      summary: "Print versions, in the Azure CLI's words",
      answer: () => ({ "azure-cli": "2.30.0", extensions: { ml: "2.0.2" }, trainyard: packageVersion() }),
    },
    context,
  );
