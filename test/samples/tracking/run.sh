run_id=$(az ml job create -f tracking/job.yml --query name -o tsv)
az ml job stream -n $run_id
az ml job show -n $run_id --query "[metrics.distance, tags.kind]" -o json
az ml job download -n $run_id --outputs
cat $run_id/tables/steps.csv $run_id/notes/made.txt
