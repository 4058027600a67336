"""Losses of the textbook's denoising autoencoders in PyTorch, with the noise that this library's random streams draw.

    python tools/golden/denoising.py   (needs torch, jax and scipy)
"""
import base64
import gzip
import json
from pathlib import Path

import numpy as np
import torch
from formula_weights import formula_weights
from streams import normals, uniforms
from torch.nn import functional as f

ROOT = Path(__file__).parents[2]
SEED, STEPS, BATCH = 7, 20, 32
SIZES = [784, 100, 30, 100, 784]


def gaussian(x, stream, step):
    return x + 0.2 * normals(SEED, stream, step, x.size).reshape(x.shape)


def dropout(x, stream, step):
    return x * (uniforms(SEED, stream, step, x.size).reshape(x.shape) >= 0.5) / 0.5


def logits(weights, x):
    h = torch.from_numpy(np.asarray(x, "float32"))
    for i in range(4):
        z = h @ weights[2 * i] + weights[2 * i + 1]
        h = z if i == 3 else f.selu(z)
    return h


def train(corrupt, images):
    pairs = [((n, m), (m,)) for n, m in zip(SIZES, SIZES[1:])]
    weights = [torch.from_numpy(formula_weights(s, i)) for i, s in enumerate(s for pair in pairs for s in pair)]
    for w in weights:
        w.requires_grad_()
    optimizer = torch.optim.SGD(weights, 1.0)

    def loss(seen, clean):
        return f.binary_cross_entropy_with_logits(logits(weights, seen), torch.from_numpy(clean))

    losses = []
    for step in range(STEPS):
        x = images[step * BATCH :][:BATCH]
        value = loss(corrupt(x, "corruption/noise", step), x)
        losses.append(value.item())
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
    evaluations = []
    for index in range(2):
        x = images[(STEPS + index) * BATCH :][:BATCH]
        damaged = corrupt(x, "evaluate/corruption/noise", index)
        with torch.no_grad():
            evaluations.append({"loss": loss(x, x).item(), "denoising": loss(damaged, x).item()})
    return {"losses": losses, "evaluations": evaluations}


if __name__ == "__main__":
    excerpt = json.loads((ROOT / "packages/datasets/src/excerpt/train.json").read_text())["train"]["images"]
    images = np.frombuffer(gzip.decompress(base64.b64decode(excerpt)), np.uint8, offset=16).reshape(-1, 784)
    images = (images / 255).astype("float32")
    golden = {"seed": SEED, "gaussianNoise": train(gaussian, images), "dropout": train(dropout, images)}
    (ROOT / "packages/sandglass/src/parity/denoising.golden.json").write_text(json.dumps(golden) + "\n")
