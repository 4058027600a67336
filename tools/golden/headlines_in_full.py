"""Trains rows of docs/headlines.md in Keras for all their epochs, to tell what the published settings give there.

    python tools/golden/headlines_in_full.py stacked-ml3 42

Prints loss and validation loss, of CIFAR-10 also the mean squared error, of the last epoch of each training.
Fashion-MNIST is read from where Debian's dataset-fashion-mnist puts it, or from the folder given after the seed, in which
CIFAR-10's .bin files must be; `--rates 0.0005` replaces the learning rates.
"""

import argparse
import gzip
from pathlib import Path

import keras
import numpy as np
from keras import layers

RATES = {
    "stacked-ml3": [1e-3],
    "convolutional-ml3": [1e-3],
    "recurrent-ml3": [1e-3],
    "hashing-ml3": [1e-3],
    "denoising-cifar-ml3": [1e-3],
    "greedy-ml2": [1.5, 0.05, 0.1],
    "greedy-ml3": [5e-4, 5e-3, 1e-3],
}
EPOCHS = {"stacked-ml3": [20], "greedy-ml2": [10, 10, 10], "greedy-ml3": [10, 10, 5]}


class Noise(layers.Layer):
    """Keras refuses a GaussianNoise above 1."""

    def __init__(self, stddev):
        super().__init__()
        self.stddev = stddev

    def call(self, x, training=None):
        return x + keras.random.normal(keras.ops.shape(x), stddev=self.stddev) if training else x


def images(folder):
    path = next(path for path in Path(folder).glob("train-images-idx3-ubyte*"))
    data = gzip.open(path).read() if path.suffix == ".gz" else path.read_bytes()
    return np.frombuffer(data, np.uint8, offset=16).reshape(-1, 784).astype("float32") / 255


def photographs(folder, pattern):
    parts = [np.fromfile(path, np.uint8).reshape(-1, 3073)[:, 1:] for path in sorted(Path(folder).glob(pattern))]
    return np.concatenate(parts).reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1).astype("float32") / 255


def train(stage, model, inputs, validation, loss="mse"):
    rate, epochs = rates[stage], EPOCHS.get(options.row, [10])[stage]
    optimizer = (keras.optimizers.SGD if options.row == "greedy-ml2" else keras.optimizers.Nadam)(learning_rate=rate)
    model.compile(loss=loss, optimizer=optimizer, metrics=["mse"] if colour else [])
    history = model.fit(
        inputs, inputs, epochs=epochs, batch_size=32, validation_data=(validation, validation), verbose=0
    ).history
    print(", ".join(f"{name} {values[-1]:.5f}" for name, values in history.items()), flush=True)


parser = argparse.ArgumentParser()
parser.add_argument("row", choices=RATES)
parser.add_argument("seed", type=int)
parser.add_argument("folder", nargs="?", default="/usr/share/datasets/fashion-mnist")
parser.add_argument("--rates", type=float, nargs="+")
options = parser.parse_args()
rates = options.rates or RATES[options.row]
colour = options.row == "denoising-cifar-ml3"
if colour:
    known, held_out = (photographs(options.folder, name) for name in ("data_batch_*.bin", "test_batch.bin"))
else:
    pictures = images(options.folder)
    known, held_out = pictures[:55000], pictures[55000:]
keras.utils.set_random_seed(options.seed)

relu = {"activation": "relu"}
if options.row == "stacked-ml3":
    hidden = [layers.Dense(units, **relu) for units in (100, 30, 100)]
    train(0, keras.Sequential([*hidden, layers.Dense(784)]), known, held_out)
elif options.row == "convolutional-ml3":
    shrink = [each for n in (16, 32, 64) for each in (layers.Conv2D(n, 3, padding="same", **relu), layers.MaxPool2D())]
    code = [layers.Conv2D(30, 3, padding="same", **relu), layers.GlobalAvgPool2D()]
    enlarge = [
        layers.Conv2DTranspose(32, 3, strides=2, **relu),
        layers.Conv2DTranspose(16, 3, strides=2, padding="same", **relu),
        layers.Conv2DTranspose(1, 3, strides=2, padding="same"),
    ]
    back = [layers.Dense(144), layers.Reshape([3, 3, 16]), *enlarge, layers.Flatten()]
    train(0, keras.Sequential([layers.Reshape([28, 28, 1]), *shrink, *code, *back]), known, held_out)
elif options.row == "recurrent-ml3":
    encoder = [layers.LSTM(100, return_sequences=True), layers.LSTM(30)]
    decoder = [layers.RepeatVector(28), layers.LSTM(100, return_sequences=True), layers.Dense(28), layers.Flatten()]
    train(0, keras.Sequential([layers.Reshape([28, 28]), *encoder, *decoder]), known, held_out)
elif options.row == "hashing-ml3":
    encoder = [layers.Dense(100, **relu), Noise(15.0), layers.Dense(16, activation="sigmoid")]
    train(0, keras.Sequential([*encoder, layers.Dense(100, **relu), layers.Dense(784)]), known, held_out)
elif colour:
    encoder = [layers.GaussianNoise(0.1), layers.Conv2D(32, 3, padding="same", **relu), layers.MaxPool2D(), layers.Flatten()]
    back = [layers.Dense(16 * 16 * 32, **relu), layers.Reshape([16, 16, 32])]
    output = layers.Conv2DTranspose(3, 3, strides=2, padding="same", activation="sigmoid")
    model = keras.Sequential([*encoder, layers.Dense(512, **relu), *back, output])
    train(0, model, known, held_out, "binary_crossentropy")
else:
    hidden, output, loss = ("selu", "sigmoid", "binary_crossentropy") if options.row == "greedy-ml2" else ("relu", None, "mse")
    outer = [layers.Dense(100, activation=hidden), layers.Dense(784, activation=output)]
    inner = [layers.Dense(30, activation=hidden), layers.Dense(100, activation=hidden)]
    train(0, keras.Sequential(outer), known, held_out, loss)
    train(1, keras.Sequential(inner), outer[0](known).numpy(), outer[0](held_out).numpy())
    train(2, keras.Sequential([outer[0], *inner, outer[1]]), known, held_out, loss)
