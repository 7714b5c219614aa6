// Leaves out PyTorch's own index when it cannot be reached, because one dead index fails a whole build.
import type { InstallPlan } from "./install-plan.ts";
import { cpuTorchIndex } from "./install-plan.ts";

/** `reach` says whether an address answers. */
export async function chooseTorchIndex(
  plan: InstallPlan,
  reach: (address: string) => Promise<boolean>,
): Promise<InstallPlan> {
  const option = `--extra-index-url ${cpuTorchIndex}`;
  if (!plan.options.includes(option) || (await reach(`${cpuTorchIndex}/torch/`))) return plan;
  const warning = `${cpuTorchIndex} could not be reached: PyTorch comes from the default index, for Linux with CUDA libraries of several gigabytes`;
  return {
    ...plan,
    options: plan.options.filter((each) => each !== option),
    notes: [...plan.notes, warning],
    warnings: [...plan.warnings, warning],
  };
}
