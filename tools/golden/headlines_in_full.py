"""Trains two rows of docs/headlines.md in Keras for all their epochs, to tell what the published settings give there.

    python tools/golden/headlines_in_full.py stacked-ml3 42
    python tools/golden/headlines_in_full.py hashing-ml3 42

Fashion-MNIST is read from where Debian's dataset-fashion-mnist puts it, or from the folder given last.
"""

import gzip
import sys
from pathlib import Path

import keras
import numpy as np
from keras import layers


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
    return np.frombuffer(data, np.uint8, offset=16).reshape(-1, 28, 28).astype("float32") / 255


def build(row):
    first = [layers.Flatten(), layers.Dense(100, activation="relu")]
    last = [layers.Dense(100, activation="relu"), layers.Dense(784), layers.Reshape([28, 28])]
    if row == "hashing-ml3":
        return keras.Sequential([*first, Noise(15.0), layers.Dense(16, activation="sigmoid"), *last]), 5e-4, 10
    return keras.Sequential([*first, layers.Dense(30, activation="relu"), *last]), 1e-3, 20


row, seed = sys.argv[1], int(sys.argv[2])
pictures = images(sys.argv[3] if len(sys.argv) > 3 else "/usr/share/datasets/fashion-mnist")
train, validation = pictures[:55000], pictures[55000:]
keras.utils.set_random_seed(seed)
model, rate, epochs = build(row)
model.compile(loss="mse", optimizer=keras.optimizers.Nadam(learning_rate=rate))
model.fit(train, train, epochs=epochs, validation_data=(validation, validation), verbose=2)
