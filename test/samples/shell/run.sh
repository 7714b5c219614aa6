cd shell
az ml job create -f job.yml -n shell-sample --stream
az ml job show --name shell-sample --query "{job:name, in:experiment_name, state:status}" -o table
