# The long way of a script: a name, its logs, its status.
run_id=$(az ml job create --file variables/job.yml --query name -o tsv)
az ml job stream -n $run_id
status=$(az ml job show -n $run_id --query status -o tsv)
echo $status
if [[ $status == "Completed" ]]
then
  echo "Job completed"
elif [[ $status == "Failed" ]]
then
  echo "Job failed"
  exit 1
else
  echo "Job status not failed or completed"
  exit 2
fi
