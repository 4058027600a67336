"""Initial weights that Python and TypeScript make alike: see packages/sandglass/src/headline/formula-weights.ts."""
import numpy as np


def formula_weights(shape, index):
    """Uniform on the Glorot limits, from the bits of an integer hash; arrays of one axis are 0."""
    if len(shape) == 1:
        return np.zeros(shape, "float32")
    bits = np.arange(1, np.prod(shape) + 1, dtype=np.uint64) + np.uint64(index * 1000003)
    for factor, shift in ((2654435761, 15), (2246822519, 13)):
        bits = bits * np.uint64(factor) % np.uint64(2**32)
        bits ^= bits >> np.uint64(shift)
    limit = np.sqrt(6 / (np.prod(shape[:-2]) * (shape[-2] + shape[-1])))
    return ((bits / 2**31 - 1) * limit).astype("float32").reshape(shape)
