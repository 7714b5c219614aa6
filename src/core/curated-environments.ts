// The ready-made environments of the original platform, by the names that files use, as what can be installed today.
import type { Environment } from "./job-spec.ts";

interface CuratedFamily {
  /** One name of the family as files write it; the pattern covers its dated variants. */
  example: string;
  /** Matched without regard to case, because the platform itself changed the case of these names over the years. */
  pattern: RegExp;
  description: string;
  /** For pip. No upper versions: they must install on any Python from 3.9 to 3.13. */
  packages: string[];
}

/** What scripts import in nearly every environment; the original's own SDK is answered by our client. */
const base = ["mlflow-skinny", "numpy", "pandas", "psutil", "tqdm"];
const science = [...base, "scipy", "scikit-learn", "joblib", "matplotlib"];
const torch = ["torch>=1.13", "torchvision", "tensorboard", "matplotlib", "scikit-learn"];
/** The default index has PyTorch for Linux with CUDA only, several gigabytes; this one has it without. */
const withoutCuda = "--extra-index-url https://download.pytorch.org/whl/cpu";

/** The first pattern that matches wins. */
const families: CuratedFamily[] = [
  {
    example: "AzureML-Minimal",
    pattern: /^azureml-minimal/i,
    description: "Python with MLflow tracking and little else",
    packages: ["mlflow-skinny"],
  },
  {
    example: "AzureML-Tutorial",
    pattern: /^azureml-tutorial/i,
    description: "scikit-learn, pandas and matplotlib, as the tutorials use them",
    packages: [...science, "pyarrow"],
  },
  {
    example: "AzureML-sklearn-0.24-ubuntu18.04-py37-cpu",
    pattern: /^azureml-(sklearn|scikit-learn)/i,
    description: "scikit-learn",
    packages: science,
  },
  {
    example: "AzureML-lightgbm-3.2-ubuntu18.04-py37-cpu",
    pattern: /^azureml-lightgbm/i,
    description: "LightGBM and scikit-learn",
    packages: ["lightgbm>=3.2", ...science],
  },
  {
    example: "AzureML-xgboost-0.9-ubuntu18.04-py37-cpu",
    pattern: /^azureml-xgboost/i,
    description: "XGBoost and scikit-learn. On Linux its package brings a CUDA communication library",
    packages: ["xgboost>=1.6", ...science],
  },
  {
    example: "AzureML-PyTorch-1.6-CPU",
    pattern: /^azureml-(acpt-)?pytorch.*[-.]cpu\b/i,
    description: "PyTorch without CUDA",
    packages: [withoutCuda, ...torch, ...base],
  },
  {
    example: "AzureML-pytorch-1.7-ubuntu18.04-py37-cuda11-gpu",
    pattern: /^azureml-(acpt-)?pytorch/i,
    description: "PyTorch with CUDA (on Linux its packages bring the CUDA libraries: several gigabytes)",
    packages: [...torch, ...base],
  },
  {
    example: "AzureML-TensorFlow2.4-Cuda11-OpenMpi4.1.0-py36",
    pattern: /^azureml-tensorflow-?[2-9].*(cuda|gpu)/i,
    description:
      "TensorFlow 2 and Keras, with CUDA on Linux. Horovod is not in it: it compiles against the machine's MPI",
    packages: [
      'tensorflow[and-cuda]>=2.8; sys_platform == "linux"',
      'tensorflow>=2.8; sys_platform != "linux"',
      "tensorboard",
      "matplotlib",
      "scikit-learn",
      ...base,
    ],
  },
  {
    example: "AzureML-TensorFlow-2.3-CPU",
    pattern: /^azureml-tensorflow-?[2-9]/i,
    description: "TensorFlow 2 and Keras, without CUDA",
    packages: ["tensorflow>=2.8", "tensorboard", "matplotlib", "scikit-learn", ...base],
  },
  {
    example: "AzureML-Dask-CPU",
    pattern: /^azureml-dask/i,
    description: "Dask and pandas",
    packages: ["dask[complete]", ...science],
  },
  {
    example: "AzureML-onnxruntime-1.6-ubuntu18.04-py37-cpu-inference",
    pattern: /^azureml-onnxruntime.*cpu/i,
    description: "ONNX Runtime without CUDA",
    packages: ["onnxruntime", "onnx", ...base],
  },
];

/** Names as they are found in files, for lists and for "did you mean". */
export const curatedEnvironmentNames: readonly string[] = [
  ...families.map(({ example }) => example),
  "AzureML-PyTorch-1.6-GPU",
  "AzureML-pytorch-1.8-ubuntu18.04-py37-cuda11-gpu",
  "AzureML-pytorch-1.9-ubuntu18.04-py37-cuda11-gpu",
  "AzureML-pytorch-1.10-ubuntu18.04-py38-cuda11-gpu",
  "AzureML-tensorflow-2.4-ubuntu18.04-py37-cuda11-gpu",
  "AzureML-tensorflow-2.5-ubuntu20.04-py38-cuda11-gpu",
  "AzureML-TensorFlow-2.3-GPU",
  "AzureML-sklearn-1.0-ubuntu20.04-py38-cpu",
];

/**
 * The environment behind a curated name, or undefined when nothing installable today stands in for it (TensorFlow 1,
 * for example). Every version of a name is the same: the dates were of images that are not used here.
 */
export function findCuratedEnvironment(name: string, version?: string): Environment | undefined {
  const family = families.find(({ pattern }) => pattern.test(name));
  if (!family) return undefined;
  return {
    name,
    version: version ?? "1",
    description: `${family.description}. Stands in for the image of this name, in versions that can be installed today.`,
    conda: { dependencies: ["python>=3.9,<3.14", "pip", { pip: [...new Set(family.packages)] }] },
  };
}
