"""One epoch of the sparse model with torch.compile from a cold start; prints a line of JSON when it is over."""
import json
import os
import resource
import sys

import numpy as np
import torch
import torch.nn.functional as F

x = torch.from_numpy(np.fromfile(sys.argv[1], np.uint8)).view(-1, 784)
torch.manual_seed(42)
first, code, third, last = (torch.nn.Linear(n, m) for n, m in [(784, 100), (100, 300), (300, 100), (100, 784)])
weights = [w for layer in (first, code, third, last) for w in layer.parameters()]
optimizer = torch.optim.SGD(weights, lr=1.0, fused=True)


@torch.compile
def loss_of(batch):
    h = torch.sigmoid(code(F.selu(first(batch))))
    logits = last(F.selu(third(h)))
    q = h.mean(0)
    part = lambda s, m: s * torch.log(s / m.clamp(1e-7, 1))
    penalty = 0.05 * (part(0.1, q) + part(0.9, 1 - q)).sum() / len(h)
    return F.binary_cross_entropy_with_logits(logits, batch) + penalty


total = torch.zeros(())
order = torch.randperm(len(x))
for indices in order.split(32):
    optimizer.zero_grad(set_to_none=True)
    batch = x[indices].float() / 255
    loss = loss_of(batch)
    loss.backward()
    optimizer.step()
    total += loss.detach() * len(indices)
print(json.dumps({"loss": (total / len(x)).item(), "peakKiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}),
      flush=True)
os._exit(0)
