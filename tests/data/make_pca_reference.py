"""Writes pca_reference.json, what scikit-learn's PCA finds in two small sets of rows.

Made with numpy 2.4.6 and scikit-learn 1.9.1:

    python3 make_pca_reference.py > pca_reference.json
"""

import json
import sys

import numpy as np
import sklearn
from sklearn.decomposition import PCA


def case(random, row_count, dim, component_count):
    # Correlated columns far from the origin, of clearly different variances.
    scales = 2.0 ** -np.arange(min(row_count, dim))
    basis, _ = np.linalg.qr(random.normal(size=(dim, len(scales))))
    rows = (random.normal(size=(row_count, len(scales))) * scales) @ basis.T + 100 * random.normal(size=dim)
    rows = rows.astype(np.float32)
    fit = PCA(component_count, svd_solver="full").fit(rows.astype(np.float64))
    return {
        "dim": dim,
        "component_count": component_count,
        "rows": rows,
        "mean": fit.mean_,
        "components": fit.components_,
        "explained_variance": fit.explained_variance_,
        "explained_variance_ratio": fit.explained_variance_ratio_,
        "projected": fit.transform(rows.astype(np.float64)),
    }


def as_json(value):
    if not isinstance(value, np.ndarray):
        return value
    # 9 digits tell a float32 exactly.
    return [float(f"{number:.9g}") for number in value.ravel()]


random = np.random.default_rng(7)
cases = {"more_rows_than_dims": case(random, 40, 6, 6), "more_dims_than_rows": case(random, 6, 11, 4)}
reference = {"made_with": f"numpy {np.__version__}, scikit-learn {sklearn.__version__}"}
for name, values in cases.items():
    for key, value in values.items():
        reference[f"{name}.{key}"] = as_json(value)
lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in reference.items()]
sys.stdout.write("{\n" + ",\n".join(lines) + "\n}\n")
