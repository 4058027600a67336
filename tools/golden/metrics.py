"""Values of Keras 3's metrics, one number a sample.

Run: python tools/golden/metrics.py   (needs keras 3 and tensorflow)
"""

import json
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"
import numpy as np
from keras import metrics as M

OUT = Path(__file__).parents[2] / "packages/core/src/metrics/metrics.golden.json"
r = np.random.RandomState(3)
t, y = np.round(r.uniform(0, 1, (5, 6)), 3), np.round(r.uniform(0, 1, (5, 6)), 3)
deep_t, deep_y = np.round(r.uniform(-2, 2, (2, 3, 4)), 3), np.round(r.uniform(-2, 2, (2, 3, 4)), 3)
hard_t = (t > 0.5).astype(float)
one_hot = np.eye(6)[[0, 5, 2, 2, 4]]
one_hot_y = np.where(one_hot == 1, y + np.array([[1], [0], [1], [0], [1]]), y)


def rmse(target, output):
    """Keras's own on each sample by itself."""
    return np.array([float(M.RootMeanSquaredError()(a, b)) for a, b in zip(target, output)])


# The second is 0.5, which rounds to 0, and 1.5 and 2.5, which both round to 2.
half_t, half_y = np.array([[0.5, 1.5, 0.4999]]), np.array([[0.0, 2.5, 0.5001]])

CASES = [
    ({"type": "binaryAccuracy"}, hard_t, y, M.binary_accuracy),
    ({"type": "binaryAccuracy", "threshold": 0.8}, hard_t, y, lambda a, b: M.binary_accuracy(a, b, threshold=0.8)),
    ({"type": "binaryCrossentropy"}, t, y, M.binary_crossentropy),
    ({"type": "categoricalAccuracy"}, one_hot, one_hot_y, M.categorical_accuracy),
    ({"type": "cosineSimilarity"}, deep_t, deep_y, lambda a, b: M.CosineSimilarity()._fn(a, b)),
    ({"type": "meanAbsoluteError"}, deep_t, deep_y, M.mean_absolute_error),
    ({"type": "meanSquaredError"}, deep_t, deep_y, M.mean_squared_error),
    ({"type": "rootMeanSquaredError"}, t, y, rmse),
    ({"type": "roundedAccuracy"}, t, y, lambda a, b: M.binary_accuracy(np.round(a), np.round(b))),
    ({"type": "roundedAccuracy"}, half_t, half_y, lambda a, b: np.mean(np.round(a) == np.round(b), -1)),
    ({"type": "sparseCategoricalAccuracy"}, np.argmax(one_hot, -1), one_hot_y, M.sparse_categorical_accuracy),
]


def per_sample(value):
    value = np.asarray(value, "float64")
    return [float(f"{v:.8g}") for v in value.reshape(len(value), -1).mean(1)]


lines = ",\n".join(
    json.dumps(
        {"spec": s, "target": a.tolist(), "output": b.tolist(), "value": per_sample(f(a, b))}, allow_nan=False
    )
    for s, a, b, f in CASES
)
OUT.write_text(f"[\n{lines}\n]\n")
print(f"{len(CASES)} cases in {OUT.name}")
