"""JAX: the whole step under jit, weights and optimizer state donated; Adam from optax."""
from common import activation, inner, pair, serve

import jax
import jax.numpy as jnp
import optax
from jax import lax

ACTIVATIONS = {"linear": lambda x: x, "selu": jax.nn.selu, "sigmoid": jax.nn.sigmoid}
IMAGES = ("NHWC", "HWIO", "NHWC")


def lstm(x, kernel, recurrent, bias, sequences):
    units = recurrent.shape[0]
    projected = jnp.swapaxes(x @ kernel + bias, 0, 1)

    def cell(state, z):
        h, c = state
        i, f, g, o = jnp.split(z + h @ recurrent, 4, axis=-1)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        h = jax.nn.sigmoid(o) * jnp.tanh(c)
        return (h, c), h

    zeros = jnp.zeros((x.shape[0], units))
    (h, _), all_h = lax.scan(cell, (zeros, zeros), projected)
    return jnp.swapaxes(all_h, 0, 1) if sequences else h


def forward(task, w, x):
    penalty = 0.0
    last = [l for l in task.layers if "activation" in inner(l)][-1]
    h = x
    for layer in task.layers:
        kind = inner(layer)["type"]
        get = lambda suffix: w[task.name(layer, suffix)]
        if kind == "flatten":
            h = h.reshape(len(h), -1)
        elif kind == "reshape":
            h = h.reshape(len(h), *layer["shape"])
        elif kind == "dense":
            h = h @ get("kernel") + get("bias")
        elif kind == "conv2d":
            h = lax.conv_general_dilated(h, get("kernel"), pair(layer["strides"]), layer["padding"].upper(),
                                         dimension_numbers=IMAGES) + get("bias")
        elif kind == "conv2dTranspose":
            h = lax.conv_transpose(h, get("kernel"), pair(layer["strides"]), layer["padding"].upper(),
                                   dimension_numbers=IMAGES, transpose_kernel=True) + get("bias")
        elif kind == "maxPooling2d":
            size = (1, *pair(layer["poolSize"]), 1)
            h = lax.reduce_window(h, -jnp.inf, lax.max, size, size, "VALID")
        elif kind == "lstm":
            h = lstm(h, get("kernel"), get("recurrentKernel"), get("bias"), layer.get("returnSequences"))
            continue
        elif kind == "repeatVector":
            h = jnp.repeat(h[:, None], layer["n"], axis=1)
        if layer is not last:
            h = ACTIVATIONS[activation(layer)](h)
        regularizer = layer.get("activityRegularizer")
        if regularizer:
            t, q = regularizer["target"], h.mean(0)
            part = lambda s, m: s * jnp.log(s / jnp.clip(m, 1e-7, 1))
            penalty += regularizer["weight"] * (part(t, q) + part(1 - t, 1 - q)).sum() / len(h)
    return h, penalty


def open_task(task):
    optimizer = optax.sgd(task.rate) if task.optimizer == "sgd" else optax.adam(task.rate, eps=task.epsilon)
    weights = {name: jnp.array(value) for name, value in task.weights.items()}
    state = [weights, optimizer.init(weights)]
    batches = [jnp.array(b) for b in task.data]

    def loss_of(w, x):
        logits, penalty = forward(task, w, x)
        return optax.sigmoid_binary_cross_entropy(logits, x).mean() + penalty

    def update(w, slots, x):
        loss, gradients = jax.value_and_grad(loss_of)(w, x)
        updates, slots = optimizer.update(gradients, slots, w)
        return optax.apply_updates(w, updates), slots, loss

    update = jax.jit(update, donate_argnums=(0, 1))

    def step(i):
        state[0], state[1], loss = update(*state, batches[i])
        return loss

    return {"step": step, "settle": lambda loss: jax.block_until_ready((state, loss))}


serve(lambda: f"JAX {jax.__version__} jit, {jax.devices()[0].device_kind}", open_task)
