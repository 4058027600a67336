"""Both published procedures of greedy layer-wise training in Keras, 20 steps of 32 a stage, on the first 640 images of
the embedded excerpt of Fashion-MNIST, in order, from weights that a formula gives. Writes the losses of every step to
packages/sandglass/src/headline/greedy.golden.json.

`separate`: the 2nd edition's two autoencoders (SELU; BCE, then MSE on the codings), stacked and fine-tuned.
`phases`: the 1st edition's phases over one model (ELU, L2, MSE, Adam), the outer layers frozen in the second.
"""
import base64
import gzip
import json
import os
import pathlib

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
from formula_weights import formula_weights

root = pathlib.Path(__file__).resolve().parents[2]
SIZE = 32


def images():
    excerpt = json.loads((root / "packages/datasets/src/excerpt/train.json").read_text())["train"]["images"]
    raw = np.frombuffer(gzip.decompress(base64.b64decode(excerpt)), np.uint8, offset=16)
    return (raw.reshape(-1, 784)[: 20 * SIZE] / 255).astype("float32")


def layers(units, activations, **options):
    """Built layers 784 → … → 784, with the weights of the formula in the order of a whole model's weights."""
    result, width = [], 784
    for i, (n, activation) in enumerate(zip(units, activations)):
        layer = keras.layers.Dense(n, activation=activation, **options)
        layer.build((None, width))
        layer.set_weights([formula_weights(w.shape, 2 * i + j) for j, w in enumerate(layer.weights)])
        result.append(layer)
        width = n
    return result


def model(inputs, chain, optimizer, loss):
    x = keras.Input((inputs,))
    y = x
    for layer in chain:
        y = layer(y)
    result = keras.Model(x, y)
    result.compile(optimizer, loss)
    return result


def train(model, x, target=None):
    losses = []
    for start in range(0, len(x), SIZE):
        batch = x[start : start + SIZE]
        wanted = target(batch) if target else batch
        losses.append(float(model.train_on_batch(batch, wanted)))
        model.reset_metrics()
    return losses


def separate(x):
    a, b, c, d = layers([100, 30, 100, 784], ["selu", "selu", "selu", "sigmoid"])
    first = train(model(784, [a, d], keras.optimizers.SGD(1.5), "binary_crossentropy"), x)
    codings = a(x).numpy()
    second = train(model(100, [b, c], keras.optimizers.SGD(0.05), "mse"), codings)
    tuned = train(model(784, [a, b, c, d], keras.optimizers.SGD(0.1), "binary_crossentropy"), x)
    return {"stages": [first, second], "fineTuned": tuned}


def phases(x):
    penalty = keras.regularizers.L2(0.0001)
    a, b, c, d = layers([100, 30, 100, 784], ["elu", "elu", "elu", None], kernel_regularizer=penalty)
    first = train(model(784, [a, d], keras.optimizers.Adam(0.01), "mse"), x)
    a.trainable = False
    second = train(model(784, [a, b, c], keras.optimizers.Adam(0.01), "mse"), x, lambda batch: a(batch))
    return {"stages": [first, second]}


data = images()
path = root / "packages/sandglass/src/headline/greedy.golden.json"
golden = {"keras": keras.__version__, "separate": separate(data), "phases": phases(data)}
path.write_text(json.dumps(golden) + "\n")
