"""Both published procedures of greedy layer-wise training in Keras, 20 steps of 32 a stage, on the first 640 images of
the embedded excerpt of Fashion-MNIST, in order, from weights that a formula gives. Writes the losses of every step to
packages/sandglass/src/headline/greedy.golden.json.

`ml2`: the 2nd edition's two autoencoders (SELU; BCE, then MSE on the codings), stacked and fine-tuned.
`ml3`: the 3rd edition's (ReLU; MSE; Nadam), likewise.
`linear`: the linear autoencoders of the three editions, 20 steps on all of their points at once.
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


def layers(units, activations, width=784, **options):
    """Built layers, one after another, with the weights of the formula in the order of a whole model's weights."""
    result = []
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


def separate(x, hidden, output, loss, optimizers):
    a, b, c, d = layers([100, 30, 100, 784], [hidden, hidden, hidden, output])
    first = train(model(784, [a, d], optimizers[0], loss), x)
    codings = a(x).numpy()
    second = train(model(100, [b, c], optimizers[1], "mse"), codings)
    tuned = train(model(784, [a, b, c, d], optimizers[2], loss), x)
    return {"stages": [first, second], "fineTuned": tuned}


def linear(edition, optimizer):
    points = json.loads((root / "packages/datasets/src/synthetic/textbook-plane.json").read_text())[edition]["train"]
    x = np.array(points, "float32").reshape(-1, 3)
    whole = model(3, layers([2, 3], [None, None], width=3), optimizer, "mse")
    losses = []
    for _ in range(20):
        losses.append(float(whole.train_on_batch(x, x)))
        whole.reset_metrics()
    return losses


def phases(x):
    penalty = keras.regularizers.L2(0.0001)
    a, b, c, d = layers([100, 30, 100, 784], ["elu", "elu", "elu", None], kernel_regularizer=penalty)
    first = train(model(784, [a, d], keras.optimizers.Adam(0.01), "mse"), x)
    a.trainable = False
    second = train(model(784, [a, b, c], keras.optimizers.Adam(0.01), "mse"), x, lambda batch: a(batch))
    return {"stages": [first, second]}


data = images()
path = root / "packages/sandglass/src/headline/greedy.golden.json"
optimizers = keras.optimizers
golden = {
    "keras": keras.__version__,
    "ml2": separate(data, "selu", "sigmoid", "binary_crossentropy", [optimizers.SGD(r) for r in (1.5, 0.05, 0.1)]),
    "ml3": separate(data, "relu", None, "mse", [optimizers.Nadam(r) for r in (0.0005, 0.005, 0.001)]),
    "phases": phases(data),
    "linear": {
        "ml2": linear("ml2", optimizers.SGD(1.5)),
        "ml3": linear("ml3", optimizers.SGD(0.5)),
        "excelsior": linear("excelsior", optimizers.Adam(0.01)),
    },
}
path.write_text(json.dumps(golden) + "\n")
