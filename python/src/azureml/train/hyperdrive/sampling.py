"""`from azureml.train.hyperdrive.sampling import RandomParameterSampling`."""

from trainyard.sweeps.space import (
    BayesianParameterSampling,
    GridParameterSampling,
    HyperParameterSampling,
    RandomParameterSampling,
)

__all__ = ["BayesianParameterSampling", "GridParameterSampling", "HyperParameterSampling", "RandomParameterSampling"]
