"""The textbook's KL-sparse autoencoder in Keras.

`python sparse_kl.py steps` trains 50 steps of 32 on the embedded excerpt of Fashion-MNIST, in order, from weights that a
formula gives, and writes the losses to packages/sandglass/src/headline/sparse-kl.golden.json.

`python sparse_kl.py headline FOLDER` trains the published run (full Fashion-MNIST in FOLDER as gzipped IDX files, seed
42, 10 epochs) and prints what Keras itself reaches, the mean activation of the code included.
"""
import base64
import gzip
import json
import os
import pathlib
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
from formula_weights import formula_weights
from keras import ops

root = pathlib.Path(__file__).resolve().parents[2]


def kl_sparsity(activity):
    """Weight 0.05, target 0.1; summed over units, as the textbook writes it."""
    mean = ops.mean(activity, axis=0)
    target = ops.ones_like(mean) * 0.1
    divergence = keras.losses.kl_divergence
    return 0.05 * (divergence(target, mean) + divergence(1.0 - target, 1.0 - mean))


def rounded_accuracy(target, output):
    return ops.mean(ops.cast(ops.equal(ops.round(target), ops.round(output)), "float32"), axis=-1)


def build():
    model = keras.Sequential([
        keras.Input((28, 28)),
        keras.layers.Flatten(),
        keras.layers.Dense(100, activation="selu"),
        keras.layers.Dense(300, activation="sigmoid", activity_regularizer=kl_sparsity),
        keras.layers.Dense(100, activation="selu"),
        keras.layers.Dense(784, activation="sigmoid"),
        keras.layers.Reshape((28, 28)),
    ])
    model.compile(keras.optimizers.SGD(1.0), "binary_crossentropy", metrics=[rounded_accuracy])
    return model


def steps():
    excerpt = json.loads((root / "packages/datasets/src/excerpt/train.json").read_text())["train"]["images"]
    images = np.frombuffer(gzip.decompress(base64.b64decode(excerpt)), np.uint8, offset=16).reshape(-1, 28, 28)
    images = (images / 255).astype("float32")
    model = build()
    model.set_weights([formula_weights(w.shape, i) for i, w in enumerate(model.weights)])
    losses = []
    for step in range(50):
        batch = images[step * 32 : step * 32 + 32]
        logs = model.train_on_batch(batch, batch, return_dict=True)
        model.reset_metrics()
        losses.append({name: float(value) for name, value in logs.items()})
    path = root / "packages/sandglass/src/headline/sparse-kl.golden.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"keras": keras.__version__, "losses": losses}) + "\n")


def headline(folder):
    with gzip.open(pathlib.Path(folder) / "train-images-idx3-ubyte.gz") as file:
        images = np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 28, 28)
    images = (images / 255).astype("float32")
    train, validation = images[:-5000], images[-5000:]
    keras.utils.set_random_seed(42)
    model = build()
    history = model.fit(train, train, epochs=10, batch_size=32, validation_data=(validation, validation), verbose=2).history
    encoder = keras.Model(model.inputs, model.layers[2].output)
    print({name: round(values[-1], 4) for name, values in history.items()})
    print("mean activation of the code:", float(encoder.predict(validation, verbose=0).mean()))


if sys.argv[1] == "steps":
    steps()
else:
    headline(sys.argv[2])
