az ml job create -f iris/job.yml --set compute.target=local --set inputs.table.data.path=$TABLE --web --stream
run_id=$(az ml job create -f iris/job.yml --set inputs.table.data.path=$TABLE --query name -o tsv)
az ml job show -n $run_id --web > /dev/null
az ml job stream -n $run_id
echo "status $(az ml job show -n $run_id --query status -o tsv)"
az ml job download -n $run_id --outputs
test -s $run_id/outputs/trees.txt
echo "loss $(az ml job show -n $run_id --query metrics.multi_logloss -o json)"
