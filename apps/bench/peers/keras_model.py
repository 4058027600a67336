"""A task as a Keras model, with the task's initial weights."""
import keras
from keras import layers as L
from keras import ops

from common import inner


def sparsity(weight, target):
    def penalty(x):
        q = ops.mean(x, axis=0)
        part = lambda s, m: s * ops.log(s / ops.clip(m, 1e-7, 1))
        return weight * ops.sum(part(target, q) + part(1 - target, 1 - q))

    return penalty


def make_layer(spec):
    kind = spec["type"]
    act = spec.get("activation", {"type": None})["type"]
    if kind == "flatten":
        return L.Flatten()
    if kind == "reshape":
        return L.Reshape(spec["shape"])
    if kind == "dense":
        r = spec.get("activityRegularizer")
        return L.Dense(spec["units"], act, activity_regularizer=sparsity(r["weight"], r["target"]) if r else None)
    if kind == "conv2d":
        return L.Conv2D(spec["filters"], spec["kernelSize"], spec["strides"], spec["padding"], activation=act)
    if kind == "conv2dTranspose":
        return L.Conv2DTranspose(spec["filters"], spec["kernelSize"], spec["strides"], spec["padding"], activation=act)
    if kind == "maxPooling2d":
        return L.MaxPooling2D(spec["poolSize"])
    if kind == "lstm":
        return L.LSTM(spec["units"], return_sequences=spec.get("returnSequences", False))
    if kind == "repeatVector":
        return L.RepeatVector(spec["n"])
    if kind == "timeDistributed":
        return L.TimeDistributed(make_layer(spec["layer"]))
    raise ValueError(f"no {kind} here")


def make_model(task):
    model = keras.Sequential([keras.Input(task.data.shape[2:]), *[make_layer(spec) for spec in task.layers]])
    values = []
    for spec in task.layers:
        suffixes = {"dense": 2, "conv2d": 2, "conv2dTranspose": 2, "lstm": 3}.get(inner(spec)["type"], 0)
        for suffix in ["kernel", *(["recurrentKernel"] if suffixes == 3 else []), "bias"][:suffixes]:
            values.append(task.weights[task.name(spec, suffix)])
    model.set_weights(values)
    return model


def make_optimizer(task):
    return keras.optimizers.SGD(task.rate) if task.optimizer == "sgd" else keras.optimizers.Adam(task.rate, epsilon=task.epsilon)
