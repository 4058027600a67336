"""Values per sample and gradients of Keras 3's losses.

Run: python tools/golden/losses.py   (needs keras 3 and tensorflow)

value = Keras's loss averaged to one number a sample; gradient = d(sum c*value)/d(output, or logits where given).
In float64, except the cases marked float32, whose outputs lie where Keras clips.
"""

import json
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"
import numpy as np
import tensorflow as tf
from keras import losses as L
from keras import ops

OUT = Path(__file__).parents[2] / "packages/core/src/losses/losses.golden.json"
C = np.array([0.7, -1.3, 2.1])


def numbers(seed, shape, low, high):
    return np.round(np.random.RandomState(seed).uniform(low, high, shape), 4)


def rows(seed, shape):
    x = numbers(seed, shape, 0.05, 1)
    return x / x.sum(-1, keepdims=True)


real_t, real_y = numbers(1, (3, 4), -3, 3), numbers(2, (3, 4), -3, 3)
deep_t, deep_y = numbers(3, (3, 2, 4), 0.1, 2), numbers(4, (3, 2, 4), 0.1, 2)
soft_t, soft_y = numbers(5, (3, 4), 0, 1), numbers(6, (3, 4), 0.05, 0.95)
hard_t = np.array([[0, 1, 1, 0], [1, 1, 0, 0], [0, 0, 0, 1.0]])
z = np.array([[-4, 0.3, 2, -1], [100, -100, -100, 100], [0, 12, -12, 0.5]])
mild_z = numbers(7, (3, 4), -4, 4)
one_hot = np.eye(4)[[2, 0, 3]]
dist_t, dist_y = rows(8, (3, 4)), rows(9, (3, 4))
class_z = np.array([[0.2, 1.5, -0.4, 0.1], [100, -100, 30, 0], [-100, 2, 2.5, 90]])
edge_y = np.array([[0, 1, 0.5, 1e-8], [1, 0, 1, 0], [1 - 1e-6, 1e-6, 0.2, 1]])

# spec, target, output or None, logits and their link or None, Keras's function, dtype
CASES = [
    ({"type": "meanSquaredError"}, real_t, real_y, None, L.mean_squared_error, "float64"),
    ({"type": "meanSquaredError"}, deep_t, deep_y, None, L.mean_squared_error, "float64"),
    ({"type": "meanAbsoluteError"}, real_t, real_y, None, L.mean_absolute_error, "float64"),
    ({"type": "meanAbsolutePercentageError"}, real_t, real_y, None, L.mean_absolute_percentage_error, "float64"),
    ({"type": "meanSquaredLogarithmicError"}, deep_t, deep_y, None, L.mean_squared_logarithmic_error, "float64"),
    ({"type": "meanSquaredLogarithmicError"}, real_t, real_y, None, L.mean_squared_logarithmic_error, "float64"),
    ({"type": "binaryCrossentropy"}, soft_t, soft_y, None, L.binary_crossentropy, "float64"),
    ({"type": "binaryCrossentropy"}, deep_t / 2, deep_y / 2.1, None, L.binary_crossentropy, "float64"),
    ({"type": "binaryCrossentropy"}, hard_t, edge_y, None, L.binary_crossentropy, "float32"),
    (
        {"type": "binaryCrossentropy", "labelSmoothing": 0.2},
        hard_t,
        soft_y,
        None,
        lambda t, y: L.binary_crossentropy(t, y, label_smoothing=0.2),
        "float64",
    ),
    (
        {"type": "binaryCrossentropy"},
        hard_t,
        None,
        (z, "sigmoid"),
        lambda t, y: L.binary_crossentropy(t, y, from_logits=True),
        "float64",
    ),
    (
        {"type": "binaryCrossentropy"},
        soft_t,
        None,
        (z, "sigmoid"),
        lambda t, y: L.binary_crossentropy(t, y, from_logits=True),
        "float64",
    ),
    ({"type": "binaryFocalCrossentropy"}, hard_t, soft_y, None, L.binary_focal_crossentropy, "float64"),
    (
        {"type": "binaryFocalCrossentropy", "gamma": 1, "applyClassBalancing": True},
        hard_t,
        soft_y,
        None,
        lambda t, y: L.binary_focal_crossentropy(t, y, apply_class_balancing=True, gamma=1.0),
        "float64",
    ),
    (
        {"type": "binaryFocalCrossentropy", "gamma": 1.5, "alpha": 0.6, "applyClassBalancing": True},
        soft_t,
        None,
        (mild_z, "sigmoid"),
        lambda t, y: L.binary_focal_crossentropy(
            t, y, apply_class_balancing=True, alpha=0.6, gamma=1.5, from_logits=True
        ),
        "float64",
    ),
    (
        {"type": "binaryFocalCrossentropy", "gamma": 0, "labelSmoothing": 0.1},
        hard_t,
        soft_y,
        None,
        lambda t, y: L.binary_focal_crossentropy(t, y, gamma=0.0, label_smoothing=0.1),
        "float64",
    ),
    ({"type": "categoricalCrossentropy"}, one_hot, dist_y, None, L.categorical_crossentropy, "float64"),
    ({"type": "categoricalCrossentropy"}, dist_t, dist_y * 3, None, L.categorical_crossentropy, "float64"),
    ({"type": "categoricalCrossentropy"}, deep_t, deep_y, None, L.categorical_crossentropy, "float64"),
    (
        {"type": "categoricalCrossentropy", "labelSmoothing": 0.1},
        one_hot,
        dist_y,
        None,
        lambda t, y: L.categorical_crossentropy(t, y, label_smoothing=0.1),
        "float64",
    ),
    (
        {"type": "categoricalCrossentropy"},
        dist_t,
        None,
        (class_z, "softmax"),
        lambda t, y: L.categorical_crossentropy(t, y, from_logits=True),
        "float64",
    ),
    (
        {"type": "sparseCategoricalCrossentropy"},
        np.array([2, 0, 3]),
        dist_y,
        None,
        L.sparse_categorical_crossentropy,
        "float64",
    ),
    (
        {"type": "sparseCategoricalCrossentropy"},
        np.array([[2], [0], [3]]),
        None,
        (class_z, "softmax"),
        lambda t, y: L.sparse_categorical_crossentropy(t, y, from_logits=True),
        "float64",
    ),
    ({"type": "huber"}, real_t, real_y, None, L.huber, "float64"),
    ({"type": "huber", "delta": 2.5}, real_t, real_y, None, lambda t, y: L.huber(t, y, delta=2.5), "float64"),
    ({"type": "logCosh"}, real_t, real_y, None, L.log_cosh, "float64"),
    ({"type": "logCosh"}, real_t * 30, real_y * 30, None, L.log_cosh, "float64"),
    ({"type": "kullbackLeiblerDivergence"}, dist_t, dist_y, None, L.kl_divergence, "float64"),
    ({"type": "kullbackLeiblerDivergence"}, one_hot, np.abs(edge_y), None, L.kl_divergence, "float32"),
    ({"type": "poisson"}, deep_t, deep_y, None, L.poisson, "float64"),
    ({"type": "cosineSimilarity"}, real_t, real_y, None, L.cosine_similarity, "float64"),
    ({"type": "cosineSimilarity"}, deep_t, deep_y, None, L.cosine_similarity, "float64"),
]


def plain(value):
    return [plain(v) for v in value] if isinstance(value, np.ndarray) and value.ndim else float(f"{value:.9g}")


def run(spec, target, output, logits, f, dtype):
    x = tf.constant(output if logits is None else logits[0], dtype)
    t = tf.constant(target, "int32" if spec["type"].startswith("sparse") else dtype)
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = f(t, x)
        value = tf.reduce_mean(tf.reshape(value, [3, -1]), axis=1)
        total = tf.reduce_sum(tf.constant(C, dtype) * value)
    gradient = tape.gradient(total, x)
    shown = {"output": plain(x.numpy())} if logits is None else {"logits": plain(x.numpy()), "link": logits[1]}
    return {
        "spec": spec,
        "target": plain(np.asarray(target, "float64")),
        **shown,
        "value": plain(value.numpy()),
        "gradient": plain(gradient.numpy()),
    }


cases = ",\n".join(json.dumps(run(*case), allow_nan=False) for case in CASES)
OUT.write_text(f'{{"c": {C.tolist()}, "cases": [\n{cases}\n]}}\n')
print(f"{len(CASES)} cases in {OUT.name}")
