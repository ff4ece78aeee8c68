"""Writes faiss_codes.json, the recall of Faiss's codes and inverted lists on the rows that the benchmark searches.

Made with numpy 2.4.6 and faiss-cpu 1.15.1, of the files that `./build.sh bench codes` writes into build/bench/data:

    python3 make_faiss_codes.py ../../build/bench/data faiss_codes.json [SET...]

Only of the sets that are named, where some are; those that are in the file already stay there.

A figure is the share of the 10 nearest rows that are among the first 10, 20, 40 or 100 that an index finds: its recall
by the codes alone, and what rescoring by the float rows gives at oversampling 2, 4 and 10. Over the queries of the set,
none of which is among its rows. The rows of the sets that are compared by cosine have length 1, so L2 ranks them alike.
"""

import json
import re
import sys
from pathlib import Path

import faiss
import numpy as np

K = 10
FOUND = {"alone": 10, "x2": 20, "x4": 40, "x10": 100}


def nearest(rows, queries):
    """Squared distances of all rows in double precision, and the K-th smallest of each query."""
    squares = (rows.astype(np.float64) ** 2).sum(axis=1)
    distances = squares[None, :] - 2 * queries.astype(np.float64) @ rows.astype(np.float64).T
    return distances, np.partition(distances, K - 1, axis=1)[:, K - 1 : K]


def recalls(ids, distances, limit):
    # A row that is as near as the K-th counts too.
    hits = np.where(ids < 0, np.inf, np.take_along_axis(distances, np.maximum(ids, 0), axis=1)) <= limit
    return {name: round(float(np.minimum(hits[:, :first].sum(axis=1), K).mean() / K), 4) for name, first in FOUND.items()}


def sign_bits(rows, center):
    return np.packbits(rows > center, axis=1)


def scalar(dim, kind, trimmed=0.0):
    index = faiss.IndexScalarQuantizer(dim, kind, faiss.METRIC_L2)
    if trimmed:
        index.sq.rangestat = faiss.ScalarQuantizer.RS_quantiles
        index.sq.rangestat_arg = trimmed
    return index


def codes(dim):
    """How each index is made. None: sign bits, another kind of index."""
    quantizer = faiss.ScalarQuantizer
    return {
        "SQ8": lambda: scalar(dim, quantizer.QT_8bit),
        "SQ8 uniform, quantile 0.99": lambda: scalar(dim, quantizer.QT_8bit_uniform, 0.005),
        "SQ4": lambda: scalar(dim, quantizer.QT_4bit),
        "sign bits": None,
        "RaBitQ": lambda: faiss.IndexRaBitQ(dim, faiss.METRIC_L2),
        f"PQ{dim // 8}x8": lambda: faiss.IndexPQ(dim, dim // 8, 8),
        f"PQ{dim // 4}x4": lambda: faiss.IndexPQ(dim, dim // 4, 4),
        f"PQ{dim // 8}x4": lambda: faiss.IndexPQ(dim, dim // 8, 4),
    }


def search_codes(make, rows, queries):
    dim = rows.shape[1]
    count = max(FOUND.values())
    if make is None:
        center = rows.mean(axis=0, dtype=np.float64).astype(np.float32)
        index = faiss.IndexBinaryFlat(dim)
        index.add(sign_bits(rows, center))
        return index.search(sign_bits(queries, center), count)[1], dim // 8
    index = make()
    params = None
    if isinstance(index, faiss.IndexRaBitQ):
        # After a random rotation, as its paper has it, and the query at 4 bits, as this project has it.
        rotation = faiss.RandomRotationMatrix(dim, dim)
        rotation.init(1)
        rows, queries = rotation.apply(rows), rotation.apply(queries)
        params = faiss.RaBitQSearchParameters(qb=4)
    index.train(rows)
    index.add(rows)
    return index.search(queries, count, params=params)[1], index.code_size


def lists(rows, queries):
    """Inverted lists of floats and of product codes, about as many as the rows' square root."""
    row_count, dim = rows.shape
    nlist = 2 ** round(np.log2(row_count**0.5))
    flat = faiss.IndexIVFFlat(faiss.IndexFlatL2(dim), dim, nlist)
    product = faiss.IndexIVFPQ(faiss.IndexFlatL2(dim), dim, nlist, dim // 8, 8)
    for name, index in (("IVF", flat), (f"IVF, PQ{dim // 8}x8", product)):
        index.train(rows)
        index.add(rows)
        sizes = [index.invlists.list_size(i) for i in range(nlist)]
        for nprobe in (1, 2, 4, 8, 16, 32):
            index.nprobe = nprobe
            facts = {"nlist": nlist, "nprobe": nprobe, "largest_list": max(sizes)}
            yield f"{name}, nlist {nlist}, nprobe {nprobe}", facts, index.search(queries, max(FOUND.values()))[1]


def figures_of(rows, queries):
    distances, limit = nearest(rows, queries)
    figures = {}
    for name, make in codes(rows.shape[1]).items():
        ids, code_bytes = search_codes(make, rows, queries)
        figures[name] = {"code_bytes": int(code_bytes), **recalls(ids, distances, limit)}
    for name, facts, ids in lists(rows, queries):
        figures[name] = {**facts, **recalls(ids, distances, limit)}
    return figures


def as_json(found):
    """An index a line."""
    text = json.dumps(found, indent=1)
    return re.sub(r"\{[^{}]*\}", lambda figures: re.sub(r"\s+", " ", figures[0]), text) + "\n"


def main(folder, output, *wanted):
    output = Path(output)
    sets = json.loads(output.read_text())["sets"] if output.exists() else {}
    made_with = {"faiss": faiss.__version__, "numpy": np.__version__}
    for file in sorted(Path(folder).glob("*.rows.f32"), key=lambda file: file.stat().st_size):
        name = file.name.removesuffix(".rows.f32")
        if name not in wanted if wanted else name.startswith("clusters-1000x"):  # those are of no codes
            continue
        print(name, file=sys.stderr)
        dim = int(re.search(r"x(\d+)$", name)[1])
        rows, queries = (np.fromfile(file.with_name(f"{name}.{what}.f32"), "<f4") for what in ("rows", "queries"))
        sets[name] = figures_of(rows.reshape(-1, dim), queries.reshape(-1, dim))
        output.write_text(as_json({"made_with": made_with, "k": K, "sets": sets}))


main(*sys.argv[1:])
