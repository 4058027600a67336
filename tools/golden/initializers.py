"""Fans, limits and deviations of Keras 3's initializers, and its orthogonal matrices from given normals.

    python tools/golden/initializers.py   (needs keras 3 and tensorflow)

The limits are read off Keras's own draws: its backend's uniform and truncated normal are replaced by recorders.
"""
import json
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"
import numpy as np
from keras import initializers as I
from keras.src.initializers import random_initializers as source

OUT = Path(__file__).parents[2] / "packages/core/src/initializers/initializers.golden.json"
SHAPES = [[784, 100], [3, 7], [5], [3, 3, 16, 32], [5, 8, 4], [2, 3, 4, 5, 6], [1, 1], []]
NAMED = {"glorotUniform": I.GlorotUniform, "glorotNormal": I.GlorotNormal, "heUniform": I.HeUniform,
         "heNormal": I.HeNormal, "lecunUniform": I.LecunUniform, "lecunNormal": I.LecunNormal}
MODES = {"fanIn": "fan_in", "fanOut": "fan_out", "fanAvg": "fan_avg"}
DISTRIBUTIONS = {"truncatedNormal": "truncated_normal", "untruncatedNormal": "untruncated_normal", "uniform": "uniform"}


class Recorder:
    """Stands in for the backend's `random`; keeps what it was asked for."""

    def make_default_seed(self):
        return 1

    def draw_seed(self, seed):
        return seed

    def uniform(self, shape, minval, maxval, **_):
        return {"distribution": "uniform", "low": float(minval), "high": float(maxval)}

    def normal(self, shape, mean=0.0, stddev=1.0, **_):
        return {"distribution": "normal", "mean": float(mean), "deviation": float(stddev)}

    def truncated_normal(self, shape, mean=0.0, stddev=1.0, **_):
        return {"distribution": "truncatedNormal", "mean": float(mean), "deviation": float(stddev)}


def orthogonal(shape, gain):
    normals = {}

    class Given(Recorder):
        def normal(self, shape, **_):
            normals["values"] = np.random.default_rng(3).normal(size=shape).astype(np.float32)
            return normals["values"].astype(np.float64)

    source.random = Given()
    values = np.asarray(I.Orthogonal(gain=gain)(shape))
    return {"shape": shape, "gain": gain, "normals": normals["values"].ravel().tolist(), "values": values.ravel().tolist()}


def main():
    source.random = Recorder()
    draws = [{"spec": {"type": name}, "shape": shape, **make()(shape)} for name, make in NAMED.items() for shape in SHAPES]
    draws += [
        {"spec": {"type": "varianceScaling", "scale": 1.7, "mode": mode, "distribution": distribution}, "shape": shape,
         **I.VarianceScaling(1.7, MODES[mode], DISTRIBUTIONS[distribution])(shape)}
        for mode in MODES for distribution in DISTRIBUTIONS for shape in SHAPES
    ]
    defaults = {"varianceScaling": I.VarianceScaling, "randomUniform": I.RandomUniform, "randomNormal": I.RandomNormal,
                "truncatedNormal": I.TruncatedNormal}
    draws += [{"spec": {"type": name}, "shape": [4, 6], **make()([4, 6])} for name, make in defaults.items()]
    fixed = {
        "zeros": I.Zeros()([2, 3]), "ones": I.Ones()([2, 3]), "constant": I.Constant(value=0.3)([2, 3]),
        "identity": I.Identity(gain=2.5)([2, 3]),
    }
    OUT.write_text(json.dumps({
        "fans": [{"shape": shape, "fans": list(source.compute_fans(shape))} for shape in SHAPES],
        "draws": draws,
        "fixed": {name: np.asarray(value).ravel().tolist() for name, value in fixed.items()},
        "orthogonal": [orthogonal(s, g) for s, g in [([4, 4], 1.0), ([6, 3], 1.0), ([3, 5], 0.5), ([2, 2, 2, 5], 1.0)]],
    }) + "\n")


main()
