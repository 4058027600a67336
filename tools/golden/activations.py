"""Values and derivatives of Keras 3's activations in float64, by TensorFlow's GradientTape.

Run: python tools/golden/activations.py   (needs keras 3 and tensorflow)

Each case holds y = f(x), g = d(sum c*y)/dx, h = d(sum e*g)/dx, and for dense+activation the gradients of
penalty = sum((d(sum c*y)/dx)^2) with respect to kernel and bias.
"""

import json
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"
import numpy as np
import tensorflow as tf
from keras import activations as A

OUT = Path(__file__).parents[2] / "packages/core/src/activations/activations.golden.json"

# Off every kink (0, ±0.5, ±1, ±3, 6 and the thresholds below).
GRID = np.array(
    [-100, -30, -8, -3.3, -2.5, -1.3, -0.7, -0.3, -0.05, 0.05, 0.2, 0.45, 0.8, 1.2, 2.4, 3.6, 5.5, 7, 30, 100.0]
)
ROWS = np.array(
    [[0.3, -1.2, 0.5, 2.1], [100, -100, 0, 99.5], [-100, -100.25, -99.5, -101], [0.1, 0.15, 0.2, -0.05], [30, 1, 2, 3.0]]
)


def sparsemax(x):
    """Algorithm 1 of arXiv:1602.02068. Keras 3.15 adds up all partial sums over the support instead of taking the
    last, so that its result sums to 1 only where the support has one element."""
    ordered = tf.sort(x, direction="DESCENDING")
    rank = tf.range(1, x.shape[-1] + 1, dtype=x.dtype)
    support = tf.cast(1 + rank * ordered > tf.cumsum(ordered, axis=-1), x.dtype)
    tau = (tf.reduce_sum(ordered * support, -1, keepdims=True) - 1) / tf.reduce_sum(support, -1, keepdims=True)
    return tf.nn.relu(x - tau)


CASES = [
    ("celu", {}, A.celu),
    ("celu", {"alpha": 0.5}, lambda x: A.celu(x, alpha=0.5)),
    ("elu", {}, A.elu),
    ("elu", {"alpha": 0.7}, lambda x: A.elu(x, alpha=0.7)),
    ("exponential", {}, A.exponential),
    ("gelu", {}, lambda x: A.gelu(x, approximate=False)),
    ("gelu", {"approximate": True}, lambda x: A.gelu(x, approximate=True)),
    ("hardShrink", {}, A.hard_shrink),
    ("hardShrink", {"threshold": 1.1}, lambda x: A.hard_shrink(x, threshold=1.1)),
    ("hardSigmoid", {}, A.hard_sigmoid),
    ("hardSilu", {}, A.hard_silu),
    ("hardTanh", {}, A.hard_tanh),
    ("leakyRelu", {}, A.leaky_relu),
    ("leakyRelu", {"negativeSlope": 0.01}, lambda x: A.leaky_relu(x, negative_slope=0.01)),
    ("linear", {}, A.linear),
    ("logSigmoid", {}, A.log_sigmoid),
    ("logSoftmax", {}, A.log_softmax),
    ("mish", {}, A.mish),
    ("relu", {}, A.relu),
    ("relu", {"negativeSlope": 0.1}, lambda x: A.relu(x, negative_slope=0.1)),
    ("relu", {"maxValue": 6}, lambda x: A.relu(x, max_value=6)),
    ("relu", {"maxValue": 2}, lambda x: A.relu(x, max_value=2.0)),
    ("relu", {"threshold": 0.6}, lambda x: A.relu(x, threshold=0.6)),
    ("relu", {"threshold": -1}, lambda x: A.relu(x, threshold=-1.0)),
    (
        "relu",
        {"negativeSlope": 0.1, "maxValue": 4, "threshold": 0.6},
        lambda x: A.relu(x, negative_slope=0.1, max_value=4.0, threshold=0.6),
    ),
    ("relu6", {}, A.relu6),
    ("selu", {}, A.selu),
    ("sigmoid", {}, A.sigmoid),
    ("silu", {}, A.silu),
    ("softShrink", {}, A.soft_shrink),
    ("softShrink", {"threshold": 1.1}, lambda x: A.soft_shrink(x, threshold=1.1)),
    ("softmax", {}, A.softmax),
    ("softplus", {}, A.softplus),
    # TensorFlow has no second derivative of its softsign kernel.
    ("softsign", {}, lambda x: x / (1 + tf.abs(x))),
    ("sparsePlus", {}, A.sparse_plus),
    ("sparseSigmoid", {}, A.sparse_sigmoid),
    ("sparsemax", {}, sparsemax),
    ("squareplus", {}, A.squareplus),
    ("squareplus", {"b": 0.3}, lambda x: A.squareplus(x, b=0.3)),
    ("tanh", {}, A.tanh),
    ("tanhShrink", {}, A.tanh_shrink),
    ("threshold", {"threshold": 0.25, "defaultValue": -7}, lambda x: A.threshold(x, 0.25, -7.0)),
]
BY_ROW = {"softmax", "logSoftmax", "sparsemax"}


def spread(shape, seed):
    """Fixed numbers away from 0, so that no term vanishes."""
    r = np.random.RandomState(seed)
    return np.round(r.uniform(0.4, 1.6, shape) * r.choice([-1, 1], shape), 3)


def gradient(tape, y, x):
    g = tape.gradient(y, x)
    return tf.zeros_like(x) if g is None else g


def pointwise(name, f):
    x = ROWS if name in BY_ROW else GRID[np.abs(GRID) <= 30] if name == "exponential" else GRID
    c, e = spread(x.shape, 1), spread(x.shape, 2)
    v = tf.constant(x)
    with tf.GradientTape() as outer:
        outer.watch(v)
        with tf.GradientTape() as inner:
            inner.watch(v)
            y = f(v)
            s = tf.reduce_sum(c * y)
        g = gradient(inner, s, v)
        t = tf.reduce_sum(e * g)
    h = gradient(outer, t, v)
    return {"x": x, "c": c, "e": e, "y": y.numpy(), "g": g.numpy(), "h": h.numpy()}


def penalised(f):
    x, w, b = spread((4, 3), 3), spread((3, 5), 4) * 0.8, spread((5,), 5) * 0.4
    c = spread((4, 5), 6)
    xs, ws, bs = map(tf.constant, (x, w, b))
    with tf.GradientTape() as outer:
        outer.watch([ws, bs])
        with tf.GradientTape() as inner:
            inner.watch(xs)
            s = tf.reduce_sum(c * f(xs @ ws + bs))
        penalty = tf.reduce_sum(tf.square(inner.gradient(s, xs)))
    dw, db = outer.gradient(penalty, [ws, bs])
    zeros = lambda g, like: np.zeros_like(like) if g is None else g.numpy()
    return {"x": x, "w": w, "b": b, "c": c, "penalty": float(penalty), "dw": zeros(dw, w), "db": zeros(db, b)}


def plain(value):
    if isinstance(value, np.ndarray):
        return [plain(v) for v in value]
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (float, np.floating)):
        return float(f"{value:.9g}")
    return value


np.testing.assert_allclose(A.softsign(tf.constant(GRID)), GRID / (1 + np.abs(GRID)))
cases = [
    {"spec": {"type": name, **options}, **pointwise(name, f), "dense": penalised(f)} for name, options, f in CASES
]
body = ",\n".join(json.dumps(plain(case), allow_nan=False) for case in cases)
OUT.write_text(f"[\n{body}\n]\n")
print(f"{len(cases)} cases in {OUT.name}")
