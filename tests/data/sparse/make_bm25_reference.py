"""Writes bm25_reference.json, what bm25s finds in the demo's passages.

Made with bm25s 0.3.16 and numpy 2.4.6, from the repository's root:

    python3 tests/data/sparse/make_bm25_reference.py > tests/data/sparse/bm25_reference.json

A word is a run of the letters a to z in the text in lower case; the passages are numbered from 0. bm25s leaves out the
factor k1 + 1, which all scores have in common; here it is put back.
"""

import gzip
import json
import re
import sys

import bm25s
import numpy as np

HITS = 10

with gzip.open("web/data/passages-texts.bin") as file:
    books = json.load(file)
texts = [part for book in books for chapter in book["chapters"] for part in chapter["parts"]]
passages = [re.findall("[a-z]+", text.lower()) for text in texts]
numbers = {}
for words in passages:
    for word in words:
        numbers.setdefault(word, len(numbers))
tokenized = [[numbers[word] for word in words] for words in passages]

random = np.random.default_rng(11)
queries = [["the"], ["the", "and", "of", "to", "he"], ["wisdom", "house"], ["shepherd"]]
while len(queries) < 40:
    words = passages[random.integers(len(passages))]
    queries.append(sorted(set(random.choice(words, size=random.integers(1, 6)))))

cases = []
for k1, b in [(1.2, 0.75), (0.9, 0.4)]:
    retriever = bm25s.BM25(method="lucene", k1=k1, b=b, dtype="float64")
    retriever.index((tokenized, numbers), show_progress=False)
    for query in queries:
        scores = retriever.get_scores(query) * (k1 + 1)
        best = np.lexsort((np.arange(len(scores)), -scores))[:HITS]
        best = [int(passage) for passage in best if scores[passage] > 0]
        cases.append({"k1": k1, "b": b, "query": query, "ids": best, "scores": [float(f"{scores[i]:.8g}") for i in best]})

sys.stdout.write('{\n"made_with": %s,\n"cases": [\n' % json.dumps(f"bm25s {bm25s.__version__}, numpy {np.__version__}"))
sys.stdout.write(",\n".join(json.dumps(case) for case in cases))
sys.stdout.write("\n]\n}\n")
