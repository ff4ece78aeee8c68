"""Writes faiss_ivf.json: what Faiss reaches on the rows that tests/native/index/ivf/faiss_ivf_test.cpp makes too.

Needs faiss-cpu and numpy. Rows are whole numbers from the generator of src/base/random.h, so that they are the same
here and there. Of every figure the mean over five seeds of Faiss's k-means.
"""

import json
import pathlib

import faiss
import numpy as np

ROWS, QUERIES, DIM, CLUSTERS, NLIST, K = 6000, 200, 24, 100, 64, 10
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


def make_rows():
    random = Random(2026)
    centers = [random.below(129) - 64 for _ in range(CLUSTERS * DIM)]
    rows = np.empty((ROWS + QUERIES, DIM), np.float32)
    for row in rows:
        center = random.below(CLUSTERS) * DIM
        for i in range(DIM):
            row[i] = centers[center + i] + random.below(97) - 48
    return rows[:ROWS], rows[ROWS:]


def recall(found, truth):
    return float(np.mean([len(set(f) & set(t)) / K for f, t in zip(found, truth)]))


def main():
    rows, queries = make_rows()
    exact = faiss.IndexFlatL2(DIM)
    exact.add(rows)
    truth = exact.search(queries, K)[1]
    seeds = range(1, 6)
    figures = {}

    for name, make in {
        "flat": lambda q: faiss.IndexIVFFlat(q, DIM, NLIST),
        "scalar8": lambda q: faiss.IndexIVFScalarQuantizer(q, DIM, NLIST, faiss.ScalarQuantizer.QT_8bit),
        "scalar4": lambda q: faiss.IndexIVFScalarQuantizer(q, DIM, NLIST, faiss.ScalarQuantizer.QT_4bit),
        "product8x8": lambda q: faiss.IndexIVFPQ(q, DIM, NLIST, 8, 8),
        "product8x8_not_residual": lambda q: faiss.IndexIVFPQ(q, DIM, NLIST, 8, 8),
    }.items():
        for nprobe in (1, 2, 4, 8):
            figures[f"{name}.{nprobe}"] = 0.0
        for seed in seeds:
            quantizer = faiss.IndexFlatL2(DIM)
            index = make(quantizer)
            index.cp.seed = seed
            if name == "product8x8_not_residual":
                index.by_residual = False
            index.train(rows)
            index.add(rows)
            for nprobe in (1, 2, 4, 8):
                index.nprobe = nprobe
                figures[f"{name}.{nprobe}"] += recall(index.search(queries, K)[1], truth) / len(seeds)

    for k in (16, 64, 256):
        inertia = 0.0
        for seed in seeds:
            k_means = faiss.Kmeans(DIM, k, niter=25, seed=seed, max_points_per_centroid=ROWS)
            k_means.train(rows)
            inertia += float(faiss.knn(rows, k_means.centroids, 1)[0].sum()) / len(seeds)
        figures[f"inertia.{k}"] = inertia

    path = pathlib.Path(__file__).with_name("faiss_ivf.json")
    path.write_text(json.dumps({"faiss": faiss.__version__, **figures}, indent=2) + "\n")


main()
