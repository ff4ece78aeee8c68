"""Writes faiss_product.json: the recall of Faiss's product codes on the seeded rows of product_recall_test.cpp.

Made with numpy 2.4.6 and faiss-cpu 1.15.1:

    python3 make_faiss_product.py > faiss_product.json

With arguments it measures rows from files instead, as the README of the benchmarks tells: rows.npy queries.npy, then
"cosine" or "euclidean", then segments x bits, as in 96x4.
"""

import json
import sys

import faiss
import numpy as np

MASK = 2**64 - 1


class Random:
    """base/random.h: xoshiro256**, seeded by splitmix64."""

    def __init__(self, seed):
        self.state = []
        for _ in range(4):
            seed = (seed + 0x9E3779B97F4A7C15) & MASK
            mixed = ((seed ^ (seed >> 30)) * 0xBF58476D1CE4E5B9) & MASK
            mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & MASK
            self.state.append(mixed ^ (mixed >> 31))

    def next(self):
        s = self.state
        product = s[1] * 5 & MASK
        result = ((product << 7 | product >> 57) * 9) & MASK
        shifted = s[1] << 17 & MASK
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= shifted
        s[3] = (s[3] << 45 | s[3] >> 19) & MASK
        return result

    def below(self, bound):
        return (self.next() >> 32) * bound >> 32


def seeded_rows(random, row_count, dim, factors):
    """Whole numbers: each row a few of the factors, and noise."""
    rows = np.zeros((row_count, dim), np.int64)
    for row in rows:
        for _ in range(3):
            row += factors[random.below(len(factors))] * (random.below(3) + 1)
        row += [random.below(13) - 6 for _ in range(dim)]
    return rows.astype(np.float32)


def seeded_factors(random, factor_count, dim):
    return np.array([[random.below(13) - 6 for _ in range(dim)] for _ in range(factor_count)])


def nearest(rows, queries, count):
    difference_free = (rows * rows).sum(1)[None, :] - 2 * queries @ rows.T
    return np.argsort(difference_free, axis=1, kind="stable")[:, :count]


def recalls(index, rows, queries, truth):
    """Of the ten nearest rows: how many are among the 10, 20, 40 and 100 nearest by code."""
    index.train(rows)
    index.add(rows)
    _, found = index.search(queries, 100)
    shares = {}
    for count in (10, 20, 40, 100):
        hits = sum(len(set(found[i, :count]) & set(truth[i])) for i in range(len(queries)))
        shares[f"recall_10_of_{count}"] = round(hits / truth.size, 4)
    return shares


def measure(rows, queries, metric, segments, bits):
    if metric == "cosine":
        rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        queries = queries / np.linalg.norm(queries, axis=1, keepdims=True)
    dim = rows.shape[1]
    truth = nearest(rows.astype(np.float64), queries.astype(np.float64), 10)
    figures = {"IndexPQ": recalls(faiss.IndexPQ(dim, segments, bits), rows, queries, truth)}
    if bits == 4:
        figures["IndexPQFastScan"] = recalls(faiss.IndexPQFastScan(dim, segments, 4), rows, queries, truth)
    return figures


faiss.omp_set_num_threads(1)
if len(sys.argv) > 1:
    rows, queries = (np.load(path).astype(np.float32) for path in sys.argv[1:3])
    for spec in sys.argv[4:]:
        segments, bits = map(int, spec.split("x"))
        print(spec, json.dumps(measure(rows, queries, sys.argv[3], segments, bits)))
else:
    random = Random(20)
    factors = seeded_factors(random, 24, 32)
    rows = seeded_rows(random, 2000, 32, factors)
    queries = seeded_rows(random, 100, 32, factors)
    lines = ['"made_with": ' + json.dumps(f"numpy {np.__version__}, faiss-cpu {faiss.__version__}")]
    for metric in ("cosine", "euclidean"):
        for segments, bits in ((8, 4), (16, 4), (4, 8), (8, 8)):
            for index, shares in measure(rows, queries, metric, segments, bits).items():
                for name, share in shares.items():
                    lines.append(f'"{metric}.{segments}x{bits}.{index}.{name}": {share}')
    sys.stdout.write("{\n" + ",\n".join(lines) + "\n}\n")
