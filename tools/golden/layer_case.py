"""What the golden files of layers record of a Keras 3 layer, in float64. Used by convolution.py, recurrent.py and
normalization.py."""

import json
import os
import re
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
import numpy as np
import tensorflow as tf

keras.config.set_floatx("float64")
random = np.random.RandomState(11)


def numbers(*shape):
    """Rounded, so that float32 and float64 start from nearly the same numbers and the files stay small."""
    return np.round(random.uniform(-1, 1, shape), 3)


def plain(x):
    return np.round(np.asarray(x), 9).tolist()


def camel(variable):
    return re.sub("_(.)", lambda m: m[1].upper(), variable.path.split("/")[-1])


def case(options, layer, shape, mask=None, name=camel, x=None):
    """y = layer(x), gradients of sum(c*y), and d/dx of sum(gx²), gx = d sum(c*y)/dx."""
    x = tf.constant(numbers(*shape) if x is None else x)
    layer.build(shape)
    for variable in layer.weights:
        variable.assign(numbers(*variable.shape))
    kwargs = {"mask": tf.constant(mask)} if mask is not None else {}
    weights = [v.value for v in layer.trainable_weights]
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            y = layer(x, **kwargs)
            c = tf.constant(numbers(*y.shape))
            total = tf.reduce_sum(c * tf.cast(y, tf.float64))
        gx = tape.gradient(total, x)
        penalty = tf.reduce_sum(gx**2)
    gxx = outer.gradient(penalty, x)
    names = [name(v) for v in layer.trainable_weights]
    return {
        "options": options,
        "input": plain(x),
        **({"mask": plain(np.asarray(mask, float))} if mask is not None else {}),
        "weights": {name: plain(v) for name, v in zip(names, layer.trainable_weights)},
        "output": plain(y),
        "along": plain(c),
        "gradients": {"input": plain(gx), **dict(zip(names, map(plain, tape.gradient(total, weights))))},
        "secondInput": plain(tf.zeros_like(x) if gxx is None else gxx),
    }


def write(name, layers):
    path = Path(__file__).parents[2] / "packages/core/src/layers" / f"{name}.golden.json"
    path.write_text(json.dumps(layers) + "\n")
