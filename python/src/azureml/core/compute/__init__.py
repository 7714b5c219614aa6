"""`from azureml.core.compute import ComputeTarget, AmlCompute`."""

from trainyard.computes.azure_machines import ComputeInstance, RemoteCompute
from trainyard.computes.compute import AmlCompute, ComputeTarget
from trainyard.errors import ComputeTargetException
from trainyard.lazy_names import lazy_names

_OTHERS = "it names a kind of machine of Azure. Use AmlCompute, or the target local."

__getattr__, __dir__, __all__ = lazy_names(
    __name__,
    {},
    absent={
        name: _OTHERS
        for name in (
            "AksCompute",
            "HDInsightCompute",
            "DatabricksCompute",
            "BatchCompute",
            "AdlaCompute",
            "DataFactoryCompute",
            "KubernetesCompute",
            "SynapseCompute",
        )
    },
)
__all__ += ["AmlCompute", "ComputeInstance", "ComputeTarget", "ComputeTargetException", "RemoteCompute"]
