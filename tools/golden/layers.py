"""Values, gradients and moving averages of Keras 3's layers, and the loss and gradients of a KL-sparse autoencoder,
all in float64.

Run: python tools/golden/layers.py   (needs keras 3 and tensorflow)

Writes packages/core/src/layers/layers.golden.json and packages/core/src/models/sparse-autoencoder.golden.json.
"""

import json
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
import numpy as np
import tensorflow as tf

keras.config.set_floatx("float64")
CORE = Path(__file__).parents[2] / "packages/core/src"
random = np.random.RandomState(7)


def numbers(*shape):
    """Rounded, so that float32 and float64 start from nearly the same numbers and the files stay small."""
    return np.round(random.uniform(-1, 1, shape), 3)


def plain(x):
    return np.asarray(x).tolist()


def randomise(layer):
    for variable in layer.weights:
        values = numbers(*variable.shape)
        variable.assign(np.abs(values) + 0.5 if "variance" in variable.path else values)


def short(variable):
    names = {"moving_mean": "movingMean", "moving_variance": "movingVariance"}
    name = variable.path.split("/")[-1]
    return names.get(name, name)


def case(options, layer, shape, training=False, mask=None):
    """y = layer(x), gradients of sum(c*y) + losses, updated state, and d/dx of sum(gx²), gx = d(sum c*y + losses)/dx."""
    x = tf.constant(numbers(*shape))
    layer.build(shape)
    randomise(layer)
    before = {short(v): plain(v) for v in layer.weights}
    kwargs = {"mask": tf.constant(mask)} if mask is not None else {}
    if layer._call_has_training_arg:
        kwargs["training"] = training
    weights = [v.value for v in layer.trainable_weights]
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            y = layer(x, **kwargs)
            c = tf.constant(numbers(*y.shape))
            total = tf.reduce_sum(c * y) + sum(layer.losses, tf.constant(0.0, tf.float64))
        gx = tape.gradient(total, x)
        penalty = tf.reduce_sum(gx**2)
    gxx = outer.gradient(penalty, x)
    gradients = dict(zip([short(v) for v in layer.trainable_weights], tape.gradient(total, weights)))
    return {
        "options": options,
        "training": training,
        "input": plain(x),
        **({"mask": plain(np.asarray(mask, float))} if mask is not None else {}),
        "weights": before,
        "output": plain(y),
        "losses": [float(loss) for loss in layer.losses],
        "along": plain(c),
        "gradients": {"input": plain(gx), **{k: plain(v) for k, v in gradients.items()}},
        "secondInput": plain(tf.zeros_like(x) if gxx is None else gxx),
        "after": {short(v): plain(v) for v in layer.non_trainable_weights},
    }


L = keras.layers
MASK = [[True, True, False], [True, False, False]]


def batch_normalization(frozen=False, **options):
    names = {"momentum", "epsilon", "center", "scale"}
    layer = L.BatchNormalization(**{k: v for k, v in options.items() if k in names})
    layer.trainable = not frozen
    return layer


layers = {
    "dense": [
        case({"units": 3, "activation": "selu"}, L.Dense(3, activation="selu"), (4, 5)),
        case({"units": 2, "activation": "sigmoid"}, L.Dense(2, activation="sigmoid"), (2, 3, 4)),
        case({"units": 2, "useBias": False}, L.Dense(2, use_bias=False), (3, 4)),
        case(
            {"units": 2, "activation": "tanh", "activityRegularizer": {"type": "test/l1l2", "l1": 0.3, "l2": 0.7}},
            L.Dense(2, activation="tanh", activity_regularizer=keras.regularizers.L1L2(0.3, 0.7)),
            (4, 3),
        ),
    ],
    "flatten": [case({}, L.Flatten(), (2, 3, 2)), case({}, L.Flatten(), (2, 3))],
    "reshape": [
        case({"shape": [3, 2]}, L.Reshape((3, 2)), (2, 6)),
        case({"shape": [-1, 4]}, L.Reshape((-1, 4)), (2, 2, 6)),
    ],
    "activation": [case({"activation": "softplus"}, L.Activation("softplus"), (3, 4))],
    "dropout": [case({"rate": 0.4}, L.Dropout(0.4), (3, 4))],
    "gaussianNoise": [case({"stddev": 0.4}, L.GaussianNoise(0.4), (3, 4))],
    "activityRegularization": [
        case({"l1": 0.2, "l2": 0.5}, L.ActivityRegularization(0.2, 0.5), (4, 3)),
        case({"l1": 0.2}, L.ActivityRegularization(l1=0.2), (2, 3, 2)),
    ],
    "batchNormalization": [
        case({}, batch_normalization(), (6, 3), training=True),
        case({}, batch_normalization(), (6, 3)),
        case(o := {"momentum": 0.8, "epsilon": 0.02}, batch_normalization(**o), (2, 3, 2, 2), training=True),
        case(o := {"center": False}, batch_normalization(**o), (5, 2), training=True),
        case(o := {"scale": False}, batch_normalization(**o), (5, 2), training=True),
        case({"trainable": False}, batch_normalization(frozen=True), (5, 2), training=True),
        case({}, batch_normalization(), (2, 3, 2), training=True, mask=MASK),
    ],
}
(CORE / "layers/layers.golden.json").write_text(json.dumps(layers) + "\n")


class KlSparsity(keras.regularizers.Regularizer):
    """The textbook's: weight · Σ over units of KL(target ‖ mean activity), of Bernoulli variables."""

    def __init__(self, weight, target):
        self.weight, self.target = weight, target

    def __call__(self, x):
        q = keras.ops.mean(x, axis=0)
        p = self.target
        return self.weight * keras.ops.sum(p * keras.ops.log(p / q) + (1 - p) * keras.ops.log((1 - p) / (1 - q)))


model = keras.Sequential(
    [
        L.Input((3, 4)),
        L.Flatten(),
        L.Dense(5, activation="selu"),
        L.Dense(4, activation="sigmoid", activity_regularizer=KlSparsity(0.05, 0.1)),
        L.Dense(5, activation="selu", kernel_regularizer=keras.regularizers.L2(0.01)),
        L.Dense(12, activation="sigmoid"),
        L.Reshape((3, 4)),
    ]
)
randomise(model)
paths = ["encoder/1", "encoder/2", "decoder/0", "decoder/1"]
full = [f"{path}/{name}" for path in paths for name in ("kernel", "bias")]
x = tf.constant(np.round(random.uniform(0, 1, (6, 3, 4)), 3))
before = {name: plain(v) for name, v in zip(full, model.trainable_weights)}
with tf.GradientTape() as tape:
    y = model(x, training=True)
    # Keras's binary cross-entropy averages over the last axis only, then over the rest: the mean of all.
    reconstruction = tf.reduce_mean(keras.losses.binary_crossentropy(x, y))
    total = reconstruction + sum(model.losses)
gradients = tape.gradient(total, [v.value for v in model.trainable_weights])
activity = [loss for loss in model.losses if abs(float(loss) - 0.01 * float(tf.reduce_sum(model.layers[3].kernel**2))) > 1e-12]
(CORE / "models/sparse-autoencoder.golden.json").write_text(
    json.dumps(
        {
            "weights": before,
            "input": plain(x),
            "output": plain(y),
            "loss": float(total),
            "reconstruction": float(reconstruction),
            "activityRegularization": float(activity[0]),
            "gradients": {name: plain(g) for name, g in zip(full, gradients)},
        }
    )
    + "\n"
)
