"""Weights after each update of Keras's optimizers, and slots after the last, for packages/trainer/src/optimizers.

Run: python tools/golden/optimizers.py (needs keras and tensorflow; the versions are in the output)
"""

import json
import os
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf

OUT = Path(__file__).parents[2] / "packages/trainer/src/optimizers/optimizers.golden.json"
SHAPES = {"encoder/0/kernel": [3, 2], "encoder/0/bias": [2], "scale": []}
# Of the base learning rate, by step: the rate is an input that changes from step to step.
RATES = [1, 1, 0.5, 0.5, 2, 1, 0.25, 1]

# Keras's names of slots, and ours.
SLOTS = {
    "momentum": "momentum",
    "velocity": "velocity",
    "velocity_hat": "velocityHat",
    "average_gradient": "averageGradient",
    "accumulator": "accumulator",
    "accumulated_grad": "accumulatedGradient",
    "accumulated_delta_var": "accumulatedStep",
    "norm": "norm",
    "average": "average",
}
NAMES = {
    "clipValue": "clipvalue",
    "clipNorm": "clipnorm",
    "globalClipNorm": "global_clipnorm",
    "weightDecay": "weight_decay",
    "emaMomentum": "ema_momentum",
    "initialAccumulatorValue": "initial_accumulator_value",
    "beta1": "beta_1",
    "beta2": "beta_2",
}
CLASSES = {
    "sgd": keras.optimizers.SGD,
    "rmsprop": keras.optimizers.RMSprop,
    "adagrad": keras.optimizers.Adagrad,
    "adadelta": keras.optimizers.Adadelta,
    "adam": keras.optimizers.Adam,
    "adamw": keras.optimizers.AdamW,
    "nadam": keras.optimizers.Nadam,
    "adamax": keras.optimizers.Adamax,
    "lion": keras.optimizers.Lion,
}
COMMON = [
    {"clipValue": 0.3},
    {"clipNorm": 0.5},
    {"globalClipNorm": 0.5},
    {"globalClipNorm": 100.0},
    {"weightDecay": 0.1},
    {"emaMomentum": 0.8},
    {"clipNorm": 0.5, "weightDecay": 0.05, "emaMomentum": 0.9},
]
CASES = [
    *((type, {}) for type in CLASSES),
    *((type, options) for type in ("sgd", "adam") for options in COMMON),
    *((type, COMMON[-1]) for type in CLASSES if type not in ("sgd", "adam")),
    ("sgd", {"momentum": 0.9}),
    ("sgd", {"momentum": 0.9, "nesterov": True}),
    ("sgd", {"momentum": 0.5, "weightDecay": 0.01, "globalClipNorm": 1.0}),
    ("rmsprop", {"rho": 0.8, "epsilon": 1e-3}),
    ("rmsprop", {"momentum": 0.9}),
    ("rmsprop", {"centered": True}),
    ("rmsprop", {"centered": True, "momentum": 0.5, "rho": 0.95}),
    ("adagrad", {"initialAccumulatorValue": 0.0, "epsilon": 1e-5}),
    ("adadelta", {"rho": 0.9, "epsilon": 1e-3}),
    ("adam", {"beta1": 0.5, "beta2": 0.9, "epsilon": 1e-4}),
    ("adam", {"amsgrad": True}),
    ("adamw", {"weightDecay": 0.2, "amsgrad": True}),
    ("nadam", {"beta1": 0.8, "beta2": 0.95, "epsilon": 1e-4}),
    ("adamax", {"beta1": 0.8, "beta2": 0.95, "epsilon": 1e-4}),
    ("lion", {"beta1": 0.8, "beta2": 0.95}),
]


def numbers(x):
    """Float32 in as few digits as tell it apart."""
    x = np.asarray(x, np.float32)
    return json.loads("[" + ",".join(str(v) for v in x.ravel()) + "]")


def draw():
    rng = np.random.default_rng(7)
    weights = {n: rng.normal(size=s).astype(np.float32) for n, s in SHAPES.items()}
    gradients = [{n: rng.normal(size=s).astype(np.float32) for n, s in SHAPES.items()} for _ in RATES]
    gradients[2]["encoder/0/bias"] *= 0  # a weight that gets no gradient for a step
    gradients[3]["encoder/0/kernel"] *= 1e3  # and one whose gradient explodes
    return weights, gradients


def run(type, options, weights, gradients):
    kwargs = {NAMES.get(name, name): value for name, value in options.items()}
    if "emaMomentum" in options:
        kwargs["use_ema"] = True
    base = float(CLASSES[type]().learning_rate)
    # A larger rate than the default, so that updates are seen in the digits of the weights.
    scale = 1.0 if type in ("adadelta", "adagrad") else 0.1 if type == "sgd" else 0.01
    optimizer = CLASSES[type](learning_rate=scale, **kwargs)
    variables = [keras.Variable(value, name=name.replace("/", "_")) for name, value in weights.items()]
    optimizer.build(variables)
    steps = []
    for rate, gradient in zip(RATES, gradients):
        optimizer.learning_rate = scale * rate
        optimizer.apply([tf.constant(gradient[name]) for name in SHAPES], variables)
        slots = {}
        for slot in optimizer.variables:
            if slot.name in ("iteration", "learning_rate"):
                continue
            for name in SHAPES:
                prefix = name.replace("/", "_") + "_"
                if slot.name.startswith(prefix):
                    slots[f"{SLOTS[slot.name[len(prefix):]]}/{name}"] = numbers(slot.numpy())
        if type == "nadam":
            slots["momentumProduct"] = numbers(optimizer._u_product.numpy())
        steps.append(
            {
                "learningRate": scale * rate,
                "weights": {name: numbers(v.numpy()) for name, v in zip(SHAPES, variables)},
            }
        )
    return {"type": type, "options": options, "defaultLearningRate": round(base, 9), "steps": steps, "slots": slots}


weights, gradients = draw()
golden = {
    "keras": keras.__version__,
    "tensorflow": tf.__version__,
    "shapes": SHAPES,
    "weights": {name: numbers(value) for name, value in weights.items()},
    "gradients": [{name: numbers(value) for name, value in step.items()} for step in gradients],
    "cases": [run(type, options, weights, gradients) for type, options in CASES],
}


def dump(value, depth=0):
    """JSON with one line a step."""
    if depth < 2 and isinstance(value, dict):
        items = (f"{json.dumps(k)}: {dump(v, depth + (k != 'cases'))}" for k, v in value.items())
        return "{\n" + ",\n".join(items) + "\n}"
    if depth < 2 and isinstance(value, list):
        return "[\n" + ",\n".join(dump(v, depth + 1) for v in value) + "\n]"
    return json.dumps(value, separators=(",", ":"))


OUT.write_text(dump(golden) + "\n")
