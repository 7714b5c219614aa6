run_id=$(az ml job create -f corpus/job.yml --query name -o tsv)
az ml job stream -n $run_id
az ml job download -n $run_id --outputs
test -s $run_id/outputs/model.pt && test ! -e corpus/data/seen && echo "model is here"
