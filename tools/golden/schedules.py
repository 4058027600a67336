"""Learning rates of Keras's schedules and of its ReduceLROnPlateau, for packages/trainer/src/schedules.

Run: python tools/golden/schedules.py (needs keras and tensorflow; the version is in the output)
"""

import json
import os
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

OUT = Path(__file__).parents[2] / "packages/trainer/src/schedules/schedules.golden.json"
STEPS = [0, 1, 2, 5, 9, 10, 11, 19, 20, 21, 25, 30, 50, 99, 100, 101, 1000]
k = keras.optimizers.schedules
NAMES = {
    "initial": "initial_learning_rate",
    "decaySteps": "decay_steps",
    "decayRate": "decay_rate",
    "warmupSteps": "warmup_steps",
    "warmupTarget": "warmup_target",
    "minDelta": "min_delta",
    "minimum": "min_lr",
}
SCHEDULES = [
    (k.ExponentialDecay, "exponential", {"initial": 0.5, "decaySteps": 10, "decayRate": 0.9}),
    (k.ExponentialDecay, "exponential", {"initial": 0.5, "decaySteps": 10, "decayRate": 0.5, "staircase": True}),
    (k.PiecewiseConstantDecay, "piecewise", {"boundaries": [10], "values": [0.1, 0.01]}),
    (k.PiecewiseConstantDecay, "piecewise", {"boundaries": [1, 20, 100], "values": [1.0, 0.5, 0.25, 0.125]}),
    (k.CosineDecay, "cosine", {"initial": 0.3, "decaySteps": 50}),
    (k.CosineDecay, "cosine", {"initial": 0.3, "decaySteps": 100, "alpha": 0.1}),
    (k.CosineDecay, "cosine", {"initial": 0.0, "decaySteps": 90, "warmupSteps": 10, "warmupTarget": 0.2}),
    (k.CosineDecay, "cosine", {"initial": 0.1, "decaySteps": 20, "alpha": 0.5, "warmupSteps": 5, "warmupTarget": 1.0}),
]
# Falls, stalls, improves a little, jumps, stalls for long.
LOSSES = [1.0, 0.8, 0.8, 0.81, 0.79995, 0.7, 0.71, 0.72, 0.73, 0.69995, 0.9, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6]
PLATEAUS = [
    {"patience": 2},
    {"patience": 1, "factor": 0.5},
    {"patience": 3, "factor": 0.5, "cooldown": 2},
    {"patience": 2, "factor": 0.5, "cooldown": 3, "minDelta": 0.0},
    {"patience": 2, "factor": 0.2, "minDelta": 0.05},
    {"patience": 1, "factor": 0.3, "minimum": 0.05},
    {"patience": 2, "factor": 0.5, "monitor": "val_accuracy", "mode": "max", "minDelta": 0.01},
]


def keras_names(options):
    return {NAMES.get(name, name): value for name, value in options.items()}


def sampled(cls, type, options):
    schedule = cls(**keras_names(options))
    return {"type": type, "options": options, "rates": [float(schedule(float(step))) for step in STEPS]}


class Model:
    """As much of a model as the callback sees."""

    def __init__(self, rate):
        self.optimizer = keras.optimizers.SGD(learning_rate=rate)


def plateau(options):
    monitor = options.get("monitor", "val_loss")
    values = LOSSES if monitor == "val_loss" else [round(1 - x, 6) for x in LOSSES]
    callback = keras.callbacks.ReduceLROnPlateau(**keras_names(options))
    callback.set_model(Model(0.4))
    callback.on_train_begin()
    rates = [float(np.float32(0.4))]
    for epoch, value in enumerate(values):
        callback.on_epoch_end(epoch, {monitor: value})
        rates.append(float(callback.model.optimizer.learning_rate))
    return {"options": {"initial": 0.4, **options}, "monitored": values, "rates": rates}


golden = {
    "keras": keras.__version__,
    "steps": STEPS,
    "schedules": [sampled(*case) for case in SCHEDULES],
    "plateaus": [plateau(options) for options in PLATEAUS],
}


def dump(value, depth=0):
    """JSON with a line a case."""
    if depth == 0:
        return "{\n" + ",\n".join(f"{json.dumps(k)}: {dump(v, 1)}" for k, v in value.items()) + "\n}"
    if depth == 1 and isinstance(value, list) and isinstance(value[0], dict):
        return "[\n" + ",\n".join(map(json.dumps, value)) + "\n]"
    return json.dumps(value)


OUT.write_text(dump(golden) + "\n")
