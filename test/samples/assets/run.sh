az ml data create -f assets/data.yml
az ml environment create -f assets/environment.yml
run_id=$(az ml job create -f assets/job.yml --query name -o tsv)
az ml job stream -n $run_id
az ml job download -n $run_id --outputs
mv $run_id/outputs assets/sum
az ml model create -f assets/model.yml
az ml model show -n sample-sum --version 1 --query "[name, version]" -o tsv
az ml model download -n sample-sum --version 1 --download-path fetched
cat fetched/sample-sum/sum.txt
az ml model delete -n sample-sum --version 1
az ml job update -n $run_id --set tags.checked=yes --query tags.checked -o tsv
az ml data list -n sample-numbers --query "[].version" -o tsv
