"""Golden numbers of the contractive penalty: PyTorch's Jacobians of deep encoders, and gradients through them.

    python tools/golden/contractive.py   (needs torch)
"""
import json
from pathlib import Path

import torch
from torch.autograd.functional import jacobian
from torch.nn import functional as f

OUT = Path(__file__).parents[2] / "packages/regularizers/src/contractive.golden.json"
torch.set_default_dtype(torch.float64)
generator = torch.Generator().manual_seed(3)


def numbers(*shape):
    """Rounded, so that float32 and float64 start from nearly the same numbers."""
    return (torch.rand(shape, generator=generator) * 2 - 1).mul(1000).round().div(1000)


def dense(w, name, x, activation):
    return activation(x @ w[f"{name}/kernel"] + w[f"{name}/bias"])


def deep(w, x):
    """5 → tanh 6 → selu 4 → sigmoid 3"""
    h = dense(w, "encoder/1", dense(w, "encoder/0", x, torch.tanh), f.selu)
    return dense(w, "encoder/2", h, torch.sigmoid)


def convolutional(w, x):
    """5×5×2 → 3 filters of 3×3, tanh → mean over 3×3 → sigmoid 2"""
    kernel = w["encoder/0/kernel"].permute(3, 2, 0, 1)
    h = torch.tanh(f.conv2d(x.permute(0, 3, 1, 2), kernel, w["encoder/0/bias"]))
    h = f.avg_pool2d(h, 3).permute(0, 2, 3, 1).flatten(1)
    return dense(w, "encoder/3", h, torch.sigmoid)


def case(encoder, layers, shape, weights):
    x = numbers(*shape)
    w = {name: numbers(*s).requires_grad_() for name, s in weights.items()}
    norms = [jacobian(lambda v: encoder(w, v[None])[0], one, create_graph=True).square().sum() for one in x]
    value = torch.stack(norms).mean()
    value.backward()
    return {
        "encoder": layers,
        "input": x.tolist(),
        "weights": {name: t.tolist() for name, t in w.items()},
        "value": value.item(),
        "gradients": {name: t.grad.tolist() for name, t in w.items()},
    }


if __name__ == "__main__":
    units = lambda n, activation: {"type": "dense", "units": n, "activation": activation}
    cases = [
        case(
            deep,
            [units(6, "tanh"), units(4, "selu"), units(3, "sigmoid")],
            (4, 5),
            {f"encoder/{i}/{name}": shape for i, (a, b) in enumerate([(5, 6), (6, 4), (4, 3)])
             for name, shape in [("kernel", (a, b)), ("bias", (b,))]},
        ),
        case(
            convolutional,
            [
                {"type": "conv2d", "filters": 3, "kernelSize": 3, "activation": "tanh"},
                {"type": "averagePooling2d", "poolSize": 3},
                {"type": "flatten"},
                units(2, "sigmoid"),
            ],
            (3, 5, 5, 2),
            {"encoder/0/kernel": (3, 3, 2, 3), "encoder/0/bias": (3,), "encoder/3/kernel": (3, 2), "encoder/3/bias": (2,)},
        ),
    ]
    OUT.write_text(json.dumps(cases) + "\n")
