"""Tables encoded by scikit-learn: imputed, one-hot and scaled.

Writes packages/datasets/src/table/tables.golden.json: a table as CSV, and what SimpleImputer, OneHotEncoder and the
scalers make of it. Made with scikit-learn 1.9 and NumPy 2.

    python tools/golden/tables.py
"""
import json
from pathlib import Path

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, RobustScaler, StandardScaler

OUT = Path(__file__).parents[2] / "packages/datasets/src/table/tables.golden.json"


def main():
    random = np.random.RandomState(7)
    rows = 24
    numbers = np.round(random.randn(rows, 3) * [1, 50, 1e-3] + [0, 1e4, 0], 6)
    numbers[random.rand(rows, 3) < 0.15] = np.nan
    colours = random.choice(["red", "blue", "Green", "über"], rows).astype(object)
    sizes = random.choice(["S", "M", "L"], rows).astype(object)
    colours[random.rand(rows) < 0.1] = None
    lines = ["a,b,colour,c,size"]
    for row in range(rows):
        cells = [numbers[row, 0], numbers[row, 1], colours[row], numbers[row, 2], sizes[row]]
        lines.append(",".join("" if c is None or c != c else str(c) for c in cells))

    golden = {"csv": "\n".join(lines) + "\n", "features": None}
    for strategy in ["mean", "median"]:
        imputed = SimpleImputer(strategy=strategy).fit_transform(numbers)
        texts = np.stack([colours, sizes], axis=1)
        filled = SimpleImputer(strategy="most_frequent", missing_values=None).fit_transform(texts)
        encoder = OneHotEncoder(sparse_output=False).fit(filled)
        one_hot = encoder.transform(filled)
        colour_count = len(encoder.categories_[0])
        columns = [imputed[:, :2], one_hot[:, :colour_count], imputed[:, 2:], one_hot[:, colour_count:]]
        golden[strategy] = np.hstack(columns).tolist()
        golden["features"] = (
            ["a", "b"]
            + [f"colour={c}" for c in encoder.categories_[0]]
            + ["c"]
            + [f"size={c}" for c in encoder.categories_[1]]
        )
    imputed = SimpleImputer(strategy="median").fit_transform(numbers)
    complete = numbers[~np.isnan(numbers).any(axis=1) & np.array([c is not None for c in colours])]
    golden["complete"] = len(complete)
    golden["scaled"] = {
        "standardise": StandardScaler().fit_transform(imputed).tolist(),
        "minMax": MinMaxScaler().fit_transform(imputed).tolist(),
        "robust": RobustScaler().fit_transform(imputed).tolist(),
    }
    OUT.write_text(json.dumps(golden, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
