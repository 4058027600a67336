"""Values and gradients of Keras 3's regularizers, and of KL sparsity built on keras.losses.kl_divergence.

Run: python tools/golden/regularizers.py   (needs keras 3 and tensorflow)
"""

import json
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
import numpy as np
import tensorflow as tf
from keras import losses, regularizers

OUT = Path(__file__).parents[2] / "packages/regularizers/src/regularizers.golden.json"


def kl_sparsity(weight, target):
    """The textbook's KLDivergenceRegularizer."""

    def penalty(x):
        q = tf.reduce_mean(x, axis=0)
        t = tf.fill(tf.shape(q), tf.constant(target, x.dtype))
        divergence = losses.kl_divergence(t, q) + losses.kl_divergence(1 - t, 1 - q)
        return weight * tf.reduce_sum(divergence)

    return penalty


r = np.random.RandomState(0)
weights = np.round(r.uniform(-1, 1, (4, 5)), 3)
weights[1, 2] = 0
activity = np.round(r.uniform(0.01, 0.6, (6, 5)), 3)
images = np.round(r.uniform(0.01, 0.6, (3, 2, 2, 2)), 3)
# Units that are never on, always on, and beyond [0, 1].
dead = np.array([[0, 1, -0.5, 1.5, 0.1], [0, 1, -0.5, 1.5, 0.1]])

# spec, input, penalty, dtype: float32 where Keras's clipping shows.
CASES = [
    ({"type": "l1"}, weights, regularizers.L1(), "float64"),
    ({"type": "l1", "l1": 0.3}, weights, regularizers.L1(0.3), "float64"),
    ({"type": "l2"}, weights, regularizers.L2(), "float64"),
    ({"type": "l2", "l2": 0.3}, images, regularizers.L2(0.3), "float64"),
    ({"type": "l1l2"}, weights, regularizers.L1L2(l1=0.01, l2=0.01), "float64"),
    ({"type": "l1l2", "l1": 0.2}, weights, regularizers.L1L2(l1=0.2), "float64"),
    ({"type": "l1l2", "l2": 0.2}, weights, regularizers.L1L2(l2=0.2), "float64"),
    ({"type": "klSparsity", "weight": 0.05, "target": 0.1}, activity, kl_sparsity(0.05, 0.1), "float64"),
    ({"type": "klSparsity", "weight": 1}, activity, kl_sparsity(1, 0.1), "float64"),
    ({"type": "klSparsity", "weight": 2, "target": 0.7}, images, kl_sparsity(2, 0.7), "float64"),
    ({"type": "klSparsity", "weight": 0.5, "target": 0.1}, dead, kl_sparsity(0.5, 0.1), "float32"),
]


def run(spec, x, penalty, dtype):
    v = tf.constant(x, dtype)
    with tf.GradientTape() as tape:
        tape.watch(v)
        value = penalty(v)
    gradient = tape.gradient(value, v).numpy().astype(float)
    rounded = np.vectorize(lambda g: float(f"{g:.8g}"))(gradient)
    return {"spec": spec, "x": x.tolist(), "value": float(f"{float(value):.8g}"), "gradient": rounded.tolist()}


def layer_loss():
    """Keras's loss of a layer with KL sparsity on a batch, which divides by the batch size."""

    class Sparsity(keras.regularizers.Regularizer):
        def __call__(self, x):
            return kl_sparsity(0.05, 0.1)(x)

    layer = keras.layers.Dense(4, activation="sigmoid", activity_regularizer=Sparsity(), kernel_regularizer="l2")
    x = np.round(r.uniform(-1, 1, (8, 3)), 3)
    layer(x)
    kernel, bias = np.round(r.uniform(-1, 1, (3, 4)), 3), np.round(r.uniform(-1, 1, 4), 3)
    layer.set_weights([kernel, bias])
    layer(x)
    # The kernel's penalty and the activity's come as two entries.
    values = [float(v) for v in layer.losses]
    assert len(values) == 2, values
    q = 1 / (1 + np.exp(-(x @ kernel + bias)))
    expected = float(kl_sparsity(0.05, 0.1)(tf.constant(q))) / 8
    assert min(abs(v - expected) for v in values) < 1e-6, (values, expected)
    l2 = 0.01 * float(np.sum(kernel**2))
    assert min(abs(v - l2) for v in values) < 1e-5, (values, l2)
    return {"x": x.tolist(), "kernel": kernel.tolist(), "bias": bias.tolist(), "activity": expected, "kernelPenalty": l2}


cases = ",\n".join(json.dumps(run(*case), allow_nan=False) for case in CASES)
OUT.write_text(f'{{"layer": {json.dumps(layer_loss())},\n"cases": [\n{cases}\n]}}\n')
print(f"{len(CASES)} cases in {OUT.name}")
