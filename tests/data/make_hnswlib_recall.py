"""Writes hnswlib_recall.json: the recall of hnswlib's graphs on rows that tests/native/index/hnsw/hnswlib_recall_test.cpp
makes too.

Needs hnswlib and numpy. Rows are whole numbers from the generator of src/base/random.h, so that they are the same here
and there, and go in one after another. Of every figure the mean and the lowest over the seeds of hnswlib's levels, whose
noise the lowest shows. Truth is by distance, in double precision: of rows that are equally far any is right.
"""

import json
import pathlib
from importlib.metadata import version

import hnswlib
import numpy as np

QUERIES, K = 200, 10
SEEDS = range(1, 21)
EF_SEARCH = (10, 16, 32, 64)
GRAPHS = ((8, 60), (16, 100))  # M, efConstruction
# Name: metric, rows, dim, clusters (0: none), seed.
SETS = {
    "clusters": ("l2", 1500, 24, 3, 2027),
    "spread": ("l2", 1500, 24, 0, 2028),
    "wide": ("cosine", 1000, 96, 5, 2029),
}
MASK = (1 << 64) - 1


class Random:
    """xoshiro256**, seeded by splitmix64."""

    def __init__(self, seed):
        self.state = []
        for _ in range(4):
            seed = (seed + 0x9E3779B97F4A7C15) & MASK
            mixed = seed
            mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & MASK
            mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & MASK
            self.state.append(mixed ^ (mixed >> 31))

    def next_u64(self):
        s = self.state
        rotated = (s[1] * 5) & MASK
        rotated = ((rotated << 7) | (rotated >> 57)) & MASK
        result = (rotated * 9) & MASK
        shifted = (s[1] << 17) & MASK
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= shifted
        s[3] = ((s[3] << 45) | (s[3] >> 19)) & MASK
        return result

    def below(self, bound):
        return ((self.next_u64() >> 32) * bound) >> 32


def make_rows(count, dim, clusters, seed):
    """Rows, and queries after them: a cluster's centre in -64..64 plus -48..48, or without clusters -64..64."""
    random = Random(seed)
    centers = [random.below(129) - 64 for _ in range(clusters * dim)]
    rows = np.empty((count + QUERIES, dim), np.float32)
    for row in rows:
        center = random.below(clusters) * dim if clusters else 0
        for i in range(dim):
            row[i] = centers[center + i] + random.below(97) - 48 if clusters else random.below(129) - 64
    return rows[:count], rows[count:]


def distances(metric, rows, queries):
    rows, queries = rows.astype(np.float64), queries.astype(np.float64)
    if metric == "cosine":
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        queries /= np.linalg.norm(queries, axis=1, keepdims=True)
        return -queries @ rows.T
    return (queries**2).sum(1)[:, None] - 2 * queries @ rows.T + (rows**2).sum(1)


def main():
    figures = {}
    for name, (metric, count, dim, clusters, seed) in SETS.items():
        rows, queries = make_rows(count, dim, clusters, seed)
        far = distances(metric, rows, queries)
        limits = np.sort(far, axis=1)[:, K - 1 : K]
        for m, ef_construction in GRAPHS:
            recalls = {ef: [] for ef in EF_SEARCH}
            for graph_seed in SEEDS:
                index = hnswlib.Index(metric, dim)
                index.init_index(count, M=m, ef_construction=ef_construction, random_seed=graph_seed)
                index.add_items(rows, num_threads=1)
                for ef in EF_SEARCH:
                    index.set_ef(ef)
                    found = index.knn_query(queries, K, num_threads=1)[0].astype(np.int64)
                    recalls[ef].append(float((np.take_along_axis(far, found, 1) <= limits).mean()))
            for ef in EF_SEARCH:
                figures[f"{name}.{m}.{ef}"] = round(float(np.mean(recalls[ef])), 5)
                figures[f"{name}.{m}.{ef}.lowest"] = round(min(recalls[ef]), 5)

    path = pathlib.Path(__file__).with_name("hnswlib_recall.json")
    path.write_text(json.dumps({"hnswlib": version("hnswlib"), **figures}, indent=2) + "\n")


main()
