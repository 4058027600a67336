"""Principal components of small data by NumPy's SVD: packages/sandglass/src/report/pca.golden.json."""

import json
from pathlib import Path

import numpy as np


def project(data):
    centred = data - data.mean(axis=0)
    _, singular, rows = np.linalg.svd(centred, full_matrices=False)
    for row in rows:
        if row[np.abs(row).argmax()] < 0:
            row *= -1
    shares = singular**2 / (singular**2).sum()
    return centred @ rows[:2].T, shares[:2]


random = np.random.default_rng(7)
cases = []
for samples, width in [(30, 2), (40, 5), (12, 30)]:
    data = random.normal(size=(samples, width)) @ random.normal(size=(width, width)) + random.normal(size=width)
    data = data.astype(np.float32).astype(np.float64)
    points, shares = project(data)
    cases.append(
        {"width": width, "data": data.ravel().tolist(), "points": points.ravel().tolist(), "explained": shares.tolist()}
    )

path = Path(__file__).parents[2] / "packages/sandglass/src/report/pca.golden.json"
path.write_text(json.dumps(cases))
