"""Golden file of the reference implementation of safetensors.

    python tools/golden/safetensors_files.py          writes packages/core/src/io/python.golden.{safetensors,json}
    python tools/golden/safetensors_files.py FILE     reads a file of ours and prints what is in it

Made with safetensors 0.8.0, numpy 2.4.6, torch 2.13.0.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import save_file

FOLDER = Path(__file__).parents[2] / "packages/core/src/io"


def write():
    rng = np.random.default_rng(7)
    # Every exponent of binary16 with a few fractions, both signs: subnormals, infinities and NaN among them.
    halves = np.array(
        [s << 15 | e << 10 | f for s in (0, 1) for e in range(32) for f in (0, 1, 512, 1023)], np.uint16
    ).view(np.float16)
    bfloats = torch.from_numpy(rng.standard_normal(9).astype(np.float32)).to(torch.bfloat16)
    tensors = {
        "encoder/1/kernel": torch.from_numpy(rng.standard_normal((3, 4)).astype(np.float32)),
        "scalar": torch.tensor(0.1, dtype=torch.float32),
        "empty": torch.zeros((0, 5), dtype=torch.float32),
        "counts": torch.tensor([[-(2**31), -1], [0, 2**31 - 1]], dtype=torch.int32),
        "bytes": torch.tensor([0, 1, 127, 128, 255], dtype=torch.uint8),
        "flags": torch.tensor([True, False, True]),
        "half": torch.from_numpy(halves),
        "bfloat": bfloats,
        "Gewichte: größe 重み 🏺": torch.tensor([1.5, -2.5], dtype=torch.float32),
    }
    save_file(tensors, FOLDER / "python.golden.safetensors", metadata={"made by": "Python", "note": 'a "quoted"\n线'})
    expected = {
        name: {
            "shape": list(t.shape),
            # Float bits as integers: JSON has no NaN and no -0.
            "bits": t.float().flatten().view(torch.int32).tolist() if t.is_floating_point() else t.flatten().int().tolist(),
        }
        for name, t in tensors.items()
    }
    (FOLDER / "python.golden.json").write_text(json.dumps(expected, ensure_ascii=False) + "\n")


def show(path):
    with safe_open(path, framework="np") as file:
        print(json.dumps(file.metadata(), ensure_ascii=False))
        for name in file.keys():
            value = file.get_tensor(name)
            print(name, value.dtype, value.shape, value.flatten()[:4].tolist())


if __name__ == "__main__":
    show(sys.argv[1]) if len(sys.argv) > 1 else write()
