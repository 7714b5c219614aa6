# Counts the rows of a table by their last column.
import collections
import sys

with open(sys.argv[1]) as table:
    rows = table.read().split()[1:]
print(dict(collections.Counter(row.split(",")[-1] for row in rows)))
