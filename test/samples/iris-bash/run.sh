run_id=$(az ml job create -f iris-bash/job.yml --query name -o tsv)
az ml job stream -n $run_id
az ml job download -n $run_id --outputs --download-path logs
grep -h setosa logs/$run_id/azureml-logs/70_driver_log.txt
