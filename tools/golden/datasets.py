"""The textbook's 3-D planes and the reconstruction errors of PCA on them.

Writes packages/datasets/src/synthetic/textbook-plane.json (the points, float32) and textbook-plane.golden.json
(mean squared error of projecting on the first two principal components), and scalers.golden.json. NumPy's legacy RandomState makes the same
numbers for ever; made with NumPy 2 and SciPy 1.

    python tools/golden/datasets.py
"""
import json
from pathlib import Path

import numpy as np

OUT = Path(__file__).parents[2] / "packages/datasets/src/synthetic"


def plane(random, m, w1=0.1, w2=0.3, noise=0.1):
    """A. Geron, Hands-On Machine Learning, 1st and 2nd edition."""
    angles = random.rand(m) * 3 * np.pi / 2 - 0.5
    x = np.cos(angles) + np.sin(angles) / 2 + noise * random.randn(m) / 2
    y = np.sin(angles) * 0.7 + noise * random.randn(m) / 2
    z = x * w1 + y * w2 + noise * random.randn(m)
    return np.stack([x, y, z], axis=1)


def oval(random, m=60):
    """3rd edition: an uneven, noisy oval, rotated and shifted."""
    x = np.zeros((m, 3))
    angles = (random.rand(m) ** 3 + 0.5) * 2 * np.pi
    x[:, 0], x[:, 1] = np.cos(angles), np.sin(angles) * 0.5
    x += 0.28 * random.randn(m, 3)
    return x @ rotation([np.pi / 29, -np.pi / 20, np.pi / 4]).T + [0.2, 0, 0.2]


def rotation(vector):
    """Rodrigues' formula, as scipy's Rotation.from_rotvec."""
    vector = np.asarray(vector)
    angle = np.linalg.norm(vector)
    a, b, c = vector / angle
    k = np.array([[0, -c, b], [c, 0, -a], [-b, a, 0]])
    return np.eye(3) + np.sin(angle) * k + (1 - np.cos(angle)) * k @ k


def pca_error(train, test=None, components=2):
    mean = train.mean(axis=0)
    basis = np.linalg.svd(train - mean)[2][:components]
    x = (train if test is None else test) - mean
    return float(np.mean((x - x @ basis.T @ basis) ** 2))


def main():
    ml2 = plane(np.random.RandomState(4), 60)
    ml2 = ml2 - ml2.mean(axis=0)
    ml3 = oval(np.random.RandomState(42))
    raw = plane(np.random.RandomState(4), 200)
    mean, deviation = raw[:100].mean(axis=0), raw[:100].std(axis=0)
    scaled = (raw - mean) / deviation
    points = {
        "ml2": {"train": ml2},
        "ml3": {"train": ml3},
        "excelsior": {"train": scaled[:100], "test": scaled[100:]},
    }
    floors = {
        "ml2": {"train": pca_error(ml2)},
        "ml3": {"train": pca_error(ml3)},
        "excelsior": {"train": pca_error(scaled[:100]), "test": pca_error(scaled[:100], scaled[100:])},
    }
    as_list = lambda x: [float(f"{v:.9g}") for v in x.astype(np.float32).ravel()]
    data = {edition: {name: as_list(x) for name, x in parts.items()} for edition, parts in points.items()}
    (OUT / "textbook-plane.json").write_text(json.dumps(data) + "\n")
    (OUT / "textbook-plane.golden.json").write_text(json.dumps(floors, indent=2) + "\n")
    print(json.dumps(floors, indent=2))

    x = (np.random.RandomState(7).randn(9, 4) * [1, 100, 1e-3, 0] + [5, -1000, 0, 3]).astype(np.float32)
    d = x.astype(np.float64)
    deviation, extent = d.std(axis=0), d.max(axis=0) - d.min(axis=0)
    scalers = {
        "x": x.tolist(),
        "standardise": {
            "mean": d.mean(axis=0).tolist(),
            "deviation": deviation.tolist(),
            "scaled": ((d - d.mean(axis=0)) / np.where(deviation == 0, 1, deviation)).tolist(),
            "whole": ((d - d.mean()) / d.std()).tolist(),
        },
        "minMax": {
            "minimum": d.min(axis=0).tolist(),
            "maximum": d.max(axis=0).tolist(),
            "scaled": ((d - d.min(axis=0)) / np.where(extent == 0, 1, extent) * 2 - 1).tolist(),
        },
    }
    (OUT.parent / "scalers/scalers.golden.json").write_text(json.dumps(scalers, indent=1) + "\n")


if __name__ == "__main__":
    main()
