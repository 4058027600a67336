"""The published models of examples/ that one fit trains, in Keras: 20 steps of 32 on the embedded excerpt of
Fashion-MNIST, in order, from weights that a formula gives, with the noise that this library's random streams draw.

In double precision. `python tools/golden/headlines.py [row…]` writes the losses to examples/frame/headlines.golden.json
(needs keras, jax and scipy).
"""
import base64
import gzip
import json
import os
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
from formula_weights import formula_weights
from keras import layers as L
from keras import ops
from keras import optimizers as O
from keras import regularizers as R
from streams import normals, uniforms

keras.config.set_floatx("float64")
ROOT = Path(__file__).parents[2]
OUT = ROOT / "examples/frame/headlines.golden.json"
SEED, STEPS, BATCH = 1, 20, 32


class Noise(L.Layer):
    """Adds noise that is an input of the model, or multiplies by it; `draw(step, shape)` makes it."""

    def __init__(self, stream, draw, how=ops.add):
        super().__init__()
        self.stream, self.draw, self.how = stream, draw, how

    def call(self, x, noise):
        return self.how(x, noise)


def gaussian(stream, deviation):
    return Noise(stream, lambda step, size: deviation * normals(SEED, stream, step, size))


def dropout(stream, rate):
    return Noise(stream, lambda step, size: (uniforms(SEED, stream, step, size) >= rate) / (1 - rate), ops.multiply)


class Tied(L.Layer):
    """A dense layer with the transposed kernel of another."""

    def __init__(self, units, owner, activation=None):
        super().__init__()
        self.units, self.activation = units, keras.activations.get(activation)
        self.kernel_of = lambda: owner.kernel

    def build(self, shape):
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, x):
        return self.activation(ops.matmul(x, ops.transpose(self.kernel_of())) + self.bias)


class Kl(R.Regularizer):
    def __init__(self, weight, target):
        self.weight, self.target = weight, target

    def __call__(self, activity):
        mean = ops.mean(activity, axis=0)
        target = ops.ones_like(mean) * self.target
        divergence = keras.losses.kl_divergence
        return self.weight * (divergence(target, mean) + divergence(1 - target, 1 - mean))


def dense(*units, activation="selu", **options):
    return [L.Dense(n, activation=activation, **options) for n in units]


def out(activation=None, **options):
    return [L.Dense(784, activation=activation, **options), L.Reshape((28, 28))]


def tied(a, b, inner, outer=None):
    first, second = dense(a, b, activation=inner[0], **inner[1])
    return [L.Flatten(), first, second, Tied(a, second, inner[0]), Tied(784, first, outer), L.Reshape((28, 28))]


def conv(filters, activation):
    return L.Conv2D(filters, 3, padding="same", activation=activation)


def enlarge(filters, padding, activation):
    return L.Conv2DTranspose(filters, 3, strides=2, padding=padding, activation=activation)


# `used`: a smaller learning rate in place of the published one, where 20 steps of that make the rounding of single
# precision tell: which of two pixels is a pool's maximum, which unit of ReLU is on.
def ml2(layers, learning_rate, used=None):
    return layers, "binary_crossentropy", lambda: O.SGD(used or learning_rate), used or learning_rate


def ml3(layers, learning_rate=0.001, used=None):
    return layers, "mse", lambda: O.Nadam(used or learning_rate), used or learning_rate


def old(layers, used=0.01):
    return layers, "mse", lambda: O.Adam(used), used


def seluModel(code, *before, middle=()):
    return [L.Flatten(), *before, *dense(100), *middle, *code, *dense(100), *out("sigmoid")]


def reluModel(code, *before, middle=()):
    return [L.Flatten(), *before, *dense(100, activation="relu"), *middle, *code, *dense(100, activation="relu"), *out()]


def sigmoids(units, regularizer=None):
    return dense(units, activation="sigmoid", activity_regularizer=regularizer)


def elus(penalty):
    return dict(kernel_regularizer=R.L2(penalty / 2))


NOISE1, NOISE2 = "encoder/1/noise", "encoder/2/noise"
rows = {
    "stacked-ml2": lambda: ml2(seluModel(dense(30)), 1.5),
    "tied-ml2": lambda: ml2(tied(100, 30, ("selu", {}), "sigmoid"), 1.5),
    "denoising-gaussian-ml2": lambda: ml2(seluModel(dense(30), gaussian(NOISE1, 0.2)), 1.0),
    "denoising-dropout-ml2": lambda: ml2(seluModel(dense(30), dropout(NOISE1, 0.5)), 1.0),
    "sigmoid-code-ml2": lambda: ml2(seluModel(sigmoids(30)), 1.0),
    "sparse-l1-ml2": lambda: ml2(seluModel(sigmoids(300, R.L1(1e-3))), 1.0),
    "sparse-kl-ml2": lambda: ml2(seluModel(sigmoids(300, Kl(0.05, 0.1))), 1.0),
    "hashing-ml2": lambda: ml2(seluModel(sigmoids(16), middle=[gaussian(NOISE2, 15)]), 1.0),
    "convolutional-ml2": lambda: ml2(
        [
            L.Reshape((28, 28, 1)),
            *[layer for n in (16, 32, 64) for layer in (conv(n, "selu"), L.MaxPool2D())],
            enlarge(32, "valid", "selu"), enlarge(16, "same", "selu"), enlarge(1, "same", "sigmoid"), L.Reshape((28, 28)),
        ],
        1.0,
        used=0.2,
    ),
    "recurrent-ml2": lambda: ml2(
        [
            L.LSTM(100, return_sequences=True), L.LSTM(30), L.RepeatVector(28),
            L.LSTM(100, return_sequences=True), L.TimeDistributed(L.Dense(28, activation="sigmoid")),
        ],
        0.1,
    ),
    "stacked-ml3": lambda: ml3(reluModel(dense(30, activation="relu"))),
    "tied-ml3": lambda: ml3(tied(100, 30, ("relu", {})), used=0.0005),
    "denoising-dropout-ml3": lambda: ml3(reluModel(dense(30, activation="relu"), dropout(NOISE1, 0.5))),
    "sparse-l1-ml3": lambda: ml3(reluModel(sigmoids(300, R.L1(1e-4)))),
    "sparse-kl-ml3": lambda: ml3(reluModel(sigmoids(300, Kl(0.005, 0.1)))),
    "hashing-ml3": lambda: ml3(reluModel(sigmoids(16), middle=[gaussian(NOISE2, 15)])),
    "convolutional-ml3": lambda: ml3(
        [
            L.Reshape((28, 28, 1)),
            *[layer for n in (16, 32, 64) for layer in (conv(n, "relu"), L.MaxPool2D())],
            conv(30, "relu"), L.GlobalAveragePooling2D(), L.Dense(144), L.Reshape((3, 3, 16)),
            enlarge(32, "valid", "relu"), enlarge(16, "same", "relu"), enlarge(1, "same", None), L.Reshape((28, 28)),
        ],
        used=0.0002,
    ),
    "denoising-cifar-ml3": lambda: (
        [
            gaussian("encoder/0/noise", 0.1), conv(32, "relu"), L.MaxPool2D(), L.Flatten(), L.Dense(512, activation="relu"),
            L.Dense(16 * 16 * 32, activation="relu"), L.Reshape((16, 16, 32)), enlarge(3, "same", "sigmoid"),
        ],
        "binary_crossentropy", lambda: O.Nadam(0.0001), 0.0001,
    ),
    "recurrent-ml3": lambda: ml3(
        [
            L.LSTM(100, return_sequences=True), L.LSTM(30), L.RepeatVector(28),
            L.LSTM(100, return_sequences=True), L.Dense(28),
        ]
    ),
    "stacked-excelsior": lambda: old(
        [L.Flatten(), *dense(300, 150, 300, activation="elu", **elus(1e-4)), *out(**elus(1e-4))]
    ),
    "tied-excelsior": lambda: old(tied(300, 150, ("elu", elus(5e-4))), used=0.001),
    "denoising-gaussian-excelsior": lambda: old(
        [L.Flatten(), gaussian(NOISE1, 1), *dense(300, 150, 300, activation="relu"), *out()], used=0.002
    ),
    "denoising-dropout-ml1": lambda: old(
        [L.Flatten(), dropout(NOISE1, 0.3), *dense(300, 150, 300, activation="relu"), *out()]
    ),
    "sparse-kl-excelsior": lambda: old([L.Flatten(), *sigmoids(1000, Kl(200.0, 0.1)), *out()]),
}


def losses_of(layers, loss, optimizer, _, images):
    image = x = keras.Input(images.shape[1:])
    noises = []
    for layer in layers:
        if isinstance(layer, Noise):
            noise = keras.Input(x.shape[1:])
            noises.append((layer, x.shape[1:]))
            image = [*(image if isinstance(image, list) else [image]), noise]
            x = layer(x, noise)
        else:
            x = layer(x)
    model = keras.Model(image, x)
    # TensorFlow's own kernel takes SELU's derivative at 0 from the right; XLA, PyTorch and Sandglass from the left.
    model.compile(optimizer(), loss, jit_compile=True)
    for index, weight in enumerate(model.weights):
        weight.assign(formula_weights(weight.shape, index))
    result = []
    for step in range(STEPS):
        batch = images[step * BATCH :][:BATCH]
        drawn = [layer.draw(step, batch.shape[0] * int(np.prod(shape))).reshape((-1, *shape)) for layer, shape in noises]
        value = model.train_on_batch([batch, *drawn] if drawn else batch, batch)
        model.reset_metrics()
        result.append(float(value))
    return result


excerpt = json.loads((ROOT / "packages/datasets/src/excerpt/train.json").read_text())["train"]["images"]
raw = np.frombuffer(gzip.decompress(base64.b64decode(excerpt)), np.uint8, offset=16)
grey = raw.reshape(-1, 28, 28)[: STEPS * BATCH] / 255
# In the shape of CIFAR-10's photographs.
coloured = np.pad(grey, [(0, 0), (2, 2), (2, 2)])[..., None] * (np.array([3, 2, 1]) / 3)
golden = json.loads(OUT.read_text()) if OUT.exists() else {"rows": {}}
golden["keras"] = keras.__version__
for name in sys.argv[1:] or rows:
    row = rows[name]()
    golden["rows"][name] = {"learningRate": row[3], "losses": losses_of(*row, coloured if "cifar" in name else grey)}
    OUT.write_text(json.dumps(golden, indent=1) + "\n")
    print(name, golden["rows"][name]["losses"][0], golden["rows"][name]["losses"][-1], flush=True)
