# Submits the smallest file there is, opens its page and follows it.
az ml job create -f hello/job.yml --web --stream
