# A model of which letter follows which, of every text in a folder. Leaves a file among the data, which is a copy.
import argparse
import collections
import os
import pickle

parser = argparse.ArgumentParser()
parser.add_argument("--data")
parser.add_argument("--save")
args = parser.parse_args()

pairs = collections.Counter()
for name in sorted(os.listdir(args.data)):
    with open(os.path.join(args.data, name)) as text:
        letters = text.read()
    pairs.update(zip(letters, letters[1:]))
with open(os.path.join(args.data, "seen"), "w") as mark:
    mark.write("yes")
with open(args.save, "wb") as model:
    pickle.dump(pairs, model)
print(f"{sum(pairs.values())} pairs; most often {''.join(pairs.most_common(1)[0][0])}")
