// The names that differ between conda and the Python package index, and the ones that only conda has.

/** conda's name → pip's. Any other name is the same in both. */
const renamed: Record<string, string> = {
  pytorch: "torch",
  "pytorch-cpu": "torch",
  "pytorch-gpu": "torch",
  "tensorflow-base": "tensorflow",
  "tensorflow-cpu": "tensorflow",
  "tensorflow-eigen": "tensorflow",
  "tensorflow-gpu": "tensorflow",
  "tensorflow-mkl": "tensorflow",
  "keras-gpu": "keras",
  "py-xgboost": "xgboost",
  "py-xgboost-cpu": "xgboost",
  "py-xgboost-gpu": "xgboost",
  opencv: "opencv-python",
  "py-opencv": "opencv-python",
  "matplotlib-base": "matplotlib",
  "seaborn-base": "seaborn",
  "dask-core": "dask",
  "bokeh-base": "bokeh",
  fbprophet: "prophet",
  "msgpack-python": "msgpack",
  "python-graphviz": "graphviz",
  "python-flatbuffers": "flatbuffers",
  pytables: "tables",
  pyqt: "PyQt5",
  psycopg2: "psycopg2-binary",
  ruamel_yaml: "ruamel.yaml",
  "python-xxhash": "xxhash",
  "pyarrow-core": "pyarrow",
  "sentence-transformers-base": "sentence-transformers",
  "mlflow-ui": "mlflow",
};

/** Only conda has these, and nothing is missed: pip's packages bring their own copy, or the machine has one. */
const needless = new Set(
  `_libgcc_mutex _openmp_mutex _py-xgboost-mutex _pytorch_select _tflow_select pytorch-mutex pytorch-cuda
  python_abi arrow-cpp blas bzip2 c-ares ca-certificates conda cuda cuda-toolkit cudatoolkit
  cuda-runtime cuda-cudart cuda-nvcc cuda-nvrtc cuda-version cudnn nccl freetype glib gmp hdf5 icu intel-openmp jpeg
  krb5 lcms2 ld_impl_linux-64 lerc libblas libcblas libclang libcurl libdeflate libedit libev libffi libgcc libgcc-ng
  libgfortran libgfortran-ng libgfortran5 libgomp libiconv liblapack libnghttp2 libopenblas libpng libprotobuf
  libsodium libssh2 libstdcxx libstdcxx-ng libtiff libuuid libuv libwebp libwebp-base libxcb libxgboost libxml2
  libzlib llvm-openmp lz4-c mkl mkl-service mkl_fft mkl_random nb_conda nb_conda_kernels ncurses nomkl numpy-base
  openblas openjpeg openssl pip readline snappy sqlite tbb tk tzdata xz yaml zeromq zlib zstd`.split(/\s+/),
);

/** Programs and libraries that only conda installs and that a script may need: the machine has to have them. */
const machineTools = new Set(
  `binutils boost cairo clang compilers cxx-compiler c-compiler ffmpeg gcc gcc_linux-64 gxx gxx_linux-64 gdal geos
  git git-lfs graphviz horovod-mpi julia libsndfile libspatialindex make mpich mpi openmpi nodejs openjdk openmm
  pandoc perl poppler proj r r-base rust sox swig tesseract texlive-core unixodbc wget curl`.split(/\s+/),
);

export type CondaName =
  | { kind: "pip"; name: string }
  | { kind: "needless" }
  /** Nothing that pip can install stands in for it. */
  | { kind: "machine" };

export function findPipName(condaName: string): CondaName {
  if (needless.has(condaName) || condaName.startsWith("cuda-lib")) return { kind: "needless" };
  if (machineTools.has(condaName) || condaName.startsWith("r-")) return { kind: "machine" };
  return { kind: "pip", name: renamed[condaName] ?? condaName };
}

/** These ask for PyTorch without CUDA, which the default index does not offer for Linux. */
export const asksForCpuTorch = (condaName: string): boolean =>
  condaName === "cpuonly" || condaName === "pytorch-cpu";
