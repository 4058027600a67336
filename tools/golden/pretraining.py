"""Classifiers on encoders in Keras: 20 steps of 32 on the embedded excerpt of Fashion-MNIST, in order, from weights that
a formula gives.

In double precision, and convolutions at a small learning rate: which of two pixels is a pool's maximum comes to depend
on the rounding of sums otherwise.

`python pretraining.py` writes losses and accuracies to packages/sandglass/src/headline/pretraining.golden.json.
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
from keras import layers as L
from keras import regularizers as R

keras.config.set_floatx("float64")
root = pathlib.Path(__file__).resolve().parents[2]


def excerpt(name, offset):
    data = json.loads((root / "packages/datasets/src/excerpt/train.json").read_text())["train"][name]
    return np.frombuffer(gzip.decompress(base64.b64decode(data)), np.uint8, offset=offset)


images = (excerpt("images", 16).reshape(-1, 28, 28) / 255).astype("float64")
labels = excerpt("labels", 8).astype("int32")


def dense_encoder():
    return [
        L.Flatten(),
        L.Dense(100, activation="selu", kernel_regularizer=R.L2(1e-3)),
        L.Dense(30, activation="selu", activity_regularizer=R.L1(1e-3)),
    ]


def convolutional_encoder():
    """Of the textbook's convolutional autoencoder."""
    stages = [[L.Conv2D(f, 3, padding="same", activation="selu"), L.MaxPool2D()] for f in (16, 32, 64)]
    return [L.Reshape((28, 28, 1)), *[layer for stage in stages for layer in stage]]


def head(*first):
    return [*first, L.Dense(20, activation="selu"), L.Dense(10, activation="softmax")]


def decoder():
    return [L.Dense(100, activation="selu", kernel_regularizer=R.L2(1e-3)), L.Dense(784, activation="sigmoid"), L.Reshape((28, 28))]


def apply(chain, x):
    for layer in chain:
        x = layer(x)
    return x


def losses_of(encoder, top, learning_rate, bottom=None, frozen=False):
    for layer in encoder:
        layer.trainable = not frozen
    image = keras.Input((28, 28))
    code = apply(encoder, image)
    outputs = {"classification": apply(top, code)}
    losses = {"classification": "sparse_categorical_crossentropy"}
    weights = {"classification": 1.0}
    if bottom:
        outputs["reconstruction"] = apply(bottom, code)
        losses["reconstruction"] = "binary_crossentropy"
        weights["reconstruction"] = 0.5
    model = keras.Model(image, outputs)
    model.compile(
        keras.optimizers.SGD(learning_rate),
        losses,
        loss_weights=weights,
        metrics={"classification": ["accuracy"]},
        # The black background is exactly 0 before SELU, whose derivative there TensorFlow's own kernel takes from the
        # right, and XLA, PyTorch, JAX and Sandglass from the left.
        jit_compile=True,
    )
    ordered = [w for layer in [*encoder, *top, *(bottom or [])] for w in layer.weights]
    for index, weight in enumerate(ordered):
        weight.assign(formula_weights(weight.shape, index))
    start = [w.numpy() for w in ordered]
    result = []
    for step in range(20):
        rows = slice(step * 32, step * 32 + 32)
        targets = {"classification": labels[rows]}
        if bottom:
            targets["reconstruction"] = images[rows]
        logs = model.train_on_batch(images[rows], targets, return_dict=True)
        model.reset_metrics()
        accuracy = next(value for name, value in logs.items() if name.endswith("accuracy"))
        result.append({"loss": float(logs["loss"]), "accuracy": float(accuracy)})
    moved = [not np.array_equal(a, w.numpy()) for a, w in zip(start, ordered)]
    # What is frozen stays, and nothing else does.
    assert moved == [not (frozen and i < sum(len(l.weights) for l in encoder)) for i in range(len(moved))], moved
    return result


cases = {
    "dense": losses_of(dense_encoder(), head(), 0.02),
    "dense, frozen": losses_of(dense_encoder(), head(), 0.02, frozen=True),
    "dense, joint": losses_of(dense_encoder(), head(), 0.02, bottom=decoder()),
    "convolutional": losses_of(convolutional_encoder(), head(L.Flatten()), 0.005),
    "convolutional, frozen": losses_of(convolutional_encoder(), head(L.Flatten()), 0.005, frozen=True),
}
path = root / "packages/sandglass/src/headline/pretraining.golden.json"
path.write_text(json.dumps({"keras": keras.__version__, **cases}) + "\n")
