"""PyTorch, eager or through torch.compile (inductor), by the argument `eager` or `compile`."""
import sys

from common import activation, inner, pair, serve

import torch
import torch.nn.functional as F

MODE = sys.argv[1]
ACTIVATIONS = {"linear": lambda x: x, "selu": F.selu, "sigmoid": torch.sigmoid}


def build(task):
    params, frozen = {}, {}

    def add(key, array, trainable=True):
        tensor = torch.tensor(array).contiguous()
        (params if trainable else frozen)[key] = torch.nn.Parameter(tensor) if trainable else tensor

    for layer in task.layers:
        kind, path = inner(layer)["type"], layer["path"]
        get = lambda suffix: task.weights[task.name(layer, suffix)]
        if kind == "dense":
            add(path + "/w", get("kernel").T.copy()), add(path + "/b", get("bias"))
        elif kind in ("conv2d", "conv2dTranspose"):
            # Both [out, in, h, w] for conv and [in, out, h, w] for its transpose come from reversing the last two axes.
            add(path + "/w", get("kernel").transpose(3, 2, 0, 1).copy()), add(path + "/b", get("bias"))
        elif kind == "lstm":
            add(path + "/w", get("kernel").T.copy()), add(path + "/u", get("recurrentKernel").T.copy())
            add(path + "/b", get("bias")), add(path + "/zeros", get("bias") * 0, trainable=False)
    return params, frozen


def forward(task, params, frozen, x):
    """The logits of the last layer, and the penalties."""
    penalty, images = 0.0, False  # images: h is [batch, channels, height, width]
    last = [l for l in task.layers if "activation" in inner(l)][-1]
    h = x
    for layer in task.layers:
        kind, path = inner(layer)["type"], layer["path"]
        if kind == "flatten":
            h = h.flatten(1)
        elif kind == "reshape":
            if images:
                h, images = h.permute(0, 2, 3, 1), False
            h = h.reshape(len(h), *layer["shape"])
        elif kind == "dense":
            h = F.linear(h, params[path + "/w"], params[path + "/b"])
        elif kind in ("conv2d", "conv2dTranspose", "maxPooling2d"):
            if not images:
                h, images = h.permute(0, 3, 1, 2), True
            if kind == "maxPooling2d":
                h = F.max_pool2d(h, pair(layer["poolSize"]))
            else:
                strides, size, same = pair(layer["strides"]), pair(layer["kernelSize"]), layer["padding"] == "same"
                w, b = params[path + "/w"], params[path + "/b"]
                if kind == "conv2d":
                    assert strides == (1, 1)
                    h = F.conv2d(h, w, b, padding=tuple(k // 2 for k in size) if same else 0)
                else:
                    wanted = [n * s for n, s in zip(h.shape[2:], strides)]
                    h = F.conv_transpose2d(h, w, b, stride=strides)
                    if same:  # Keras crops what is too much at the end first.
                        crop = [(n - m) // 2 for n, m in zip(h.shape[2:], wanted)]
                        h = h[:, :, crop[0]:crop[0] + wanted[0], crop[1]:crop[1] + wanted[1]]
        elif kind == "lstm":
            state = h.new_zeros(1, len(h), layer["units"])
            flat = [params[path + "/w"], params[path + "/u"], params[path + "/b"], frozen[path + "/zeros"]]
            h, final, _ = torch.lstm(h, (state, state), flat, True, 1, 0.0, True, False, True)
            h = h if layer.get("returnSequences") else final[0]
            continue
        elif kind == "repeatVector":
            h = h.unsqueeze(1).expand(-1, layer["n"], -1)
        if layer is not last:
            h = ACTIVATIONS[activation(layer)](h)
        regularizer = layer.get("activityRegularizer")
        if regularizer:
            t, q = regularizer["target"], h.mean(0)
            part = lambda s, m: s * torch.log(s / m.clamp(1e-7, 1))
            penalty = penalty + regularizer["weight"] * (part(t, q) + part(1 - t, 1 - q)).sum() / len(h)
    return h, penalty


def open_task(task):
    torch._dynamo.reset()
    params, frozen = build(task)
    weights = list(params.values())
    fused = {"fused": True}
    optimizer = (torch.optim.SGD(weights, lr=task.rate, **fused) if task.optimizer == "sgd"
                 else torch.optim.Adam(weights, lr=task.rate, eps=task.epsilon, **fused))
    batches = [torch.from_numpy(b) for b in task.data]

    def loss_of(x):
        logits, penalty = forward(task, params, frozen, x)
        return F.binary_cross_entropy_with_logits(logits, x) + penalty

    loss_of = torch.compile(loss_of) if MODE == "compile" else loss_of

    def step(i):
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(batches[i])
        loss.backward()
        optimizer.step()
        return loss

    return {"step": step}


describe = lambda: f"PyTorch {torch.__version__}, {MODE}, {torch.get_num_threads()} threads"
serve(describe, open_task)
