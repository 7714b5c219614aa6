echo "from a shell script"
python count.py table.csv
