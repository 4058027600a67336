"""Golden numbers of the random streams, by another road: JAX's Threefry for the bits, SciPy's quantiles for the normals.

    python tools/golden/streams.py   (needs jax and scipy)
"""
import json
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from jax.extend.random import threefry_2x32
from scipy.stats import norm

OUT = Path(__file__).parents[2] / "packages/core/src/random/streams.golden.json"
MASK = 2**32 - 1
COUNT = 37
CASES = [(0, "", 0), (42, "encoder/0/noise", 0), (42, "encoder/0/noise", 1), (-1, "data/shuffle", 7),
         (2**53 - 1, "ünïcode ⌛ 𝄞", 2**32 + 5), (-(2**53 - 1), "abcd", 2**53 - 1)]


def cipher(key: tuple[int, int], block: tuple[int, int]) -> tuple[int, int]:
    key_words, block_words = np.array(key, np.uint32), np.array(block, np.uint32)
    a, b = np.asarray(threefry_2x32(key_words, block_words))
    return int(a), int(b)


def stream_key(seed: int, name: str, step: int) -> tuple[int, int]:
    units = np.frombuffer(name.encode("utf-16-le"), np.uint16).tolist()
    length = len(units)
    units += [0] * (-length % 4)
    blocks = [(u[0] | u[1] << 16, u[2] | u[3] << 16) for u in (units[i : i + 4] for i in range(0, length, 4))]
    key = (seed & MASK, seed >> 32 & MASK)
    for block in [*blocks, (length, step >> 32)]:
        e = cipher(key, block)
        key = (e[0] ^ block[0], e[1] ^ block[1])
    return key


def words(seed: int, name: str, step: int) -> Iterator[int]:
    key = stream_key(seed, name, step)
    for block in range(MASK):
        yield from cipher(key, (block, step & MASK))


def signed(word: int, m: int) -> float:
    return math.copysign(norm.isf((m + 0.5) / 2**32), -1 if word >> 31 else 1)


def truncated(word: int) -> float:
    lowest = math.ceil(2**32 * norm.cdf(-2) - 0.5)
    return signed(word, lowest + int((word & 0x7FFFFFFF) * ((2**31 - lowest) / 2**31)))


def permutation(source: Iterator[int], n: int) -> list[int]:
    out = [0] * n
    for i in range(n):
        high, low = next(source), next(source)
        j = math.floor(((high >> 5) * 2**26 + (low >> 6)) * 2.0**-53 * (i + 1))
        out[i], out[j] = out[j], i
    return out


def bits(seed: int, name: str, step: int, count: int) -> np.ndarray:
    """The first words of a stream, all at once."""
    blocks = np.arange((count + 1) // 2, dtype=np.uint32)
    counters = np.concatenate([blocks, np.full_like(blocks, step & MASK)])
    halves = np.asarray(threefry_2x32(np.array(stream_key(seed, name, step), np.uint32), counters))
    return halves.reshape(2, -1).T.reshape(-1)[:count]


def uniforms(seed: int, name: str, step: int, count: int) -> np.ndarray:
    """What `RandomSource.uniform` draws, for other goldens."""
    return ((bits(seed, name, step, count) >> 8) * 2.0**-24).astype("float32")


def normals(seed: int, name: str, step: int, count: int) -> np.ndarray:
    """What `RandomSource.normal` draws."""
    word = bits(seed, name, step, count)
    return (norm.isf(((word & 0x7FFFFFFF) + 0.5) / 2**32) * np.where(word >> 31, -1.0, 1.0)).astype("float32")


def case(seed: int, name: str, step: int) -> dict:
    source = words(seed, name, step)
    bits = [next(source) for _ in range(COUNT)]
    return {
        "seed": seed,
        "name": name,
        "step": step,
        "bits": bits,
        "uniform": [(b >> 8) * 2.0**-24 for b in bits],
        "normal": [signed(b, b & 0x7FFFFFFF) for b in bits],
        "truncatedNormal": [truncated(b) for b in bits],
        "permutation": permutation(words(seed, name, step), COUNT),
    }


if __name__ == "__main__":
    quantiles = [[p, norm.isf(p)] for p in [2.0**-33, 1e-9, 1e-6, 1e-3, 0.02275, 0.074, 0.076, 0.2, 0.4, 0.499999, 0.5]]
    OUT.write_text(json.dumps({"cases": [case(*c) for c in CASES], "quantiles": quantiles}) + "\n")
