"""TensorFlow: the whole step in one tf.function with jit_compile, that is XLA. Loops over time are unrolled."""
from common import activation, inner, pair, serve

import tensorflow as tf

ACTIVATIONS = {"linear": lambda x: x, "selu": tf.nn.selu, "sigmoid": tf.sigmoid}


def lstm(x, kernel, recurrent, bias, sequences):
    batch, steps, _ = x.shape
    projected = tf.unstack(tf.tensordot(x, kernel, 1) + bias, axis=1)
    h = c = tf.zeros((batch, recurrent.shape[0]))
    outputs = []
    for z in projected:
        i, f, g, o = tf.split(z + h @ recurrent, 4, axis=-1)
        c = tf.sigmoid(f) * c + tf.sigmoid(i) * tf.tanh(g)
        h = tf.sigmoid(o) * tf.tanh(c)
        outputs.append(h)
    return tf.stack(outputs, axis=1) if sequences else h


def forward(task, w, x):
    penalty = 0.0
    last = [l for l in task.layers if "activation" in inner(l)][-1]
    h, batch = x, x.shape[0]
    for layer in task.layers:
        kind = inner(layer)["type"]
        get = lambda suffix: w[task.name(layer, suffix)]
        if kind == "flatten":
            h = tf.reshape(h, (batch, -1))
        elif kind == "reshape":
            h = tf.reshape(h, (batch, *layer["shape"]))
        elif kind == "dense":
            h = (h @ get("kernel") if len(h.shape) == 2 else tf.tensordot(h, get("kernel"), 1)) + get("bias")
        elif kind == "conv2d":
            h = tf.nn.conv2d(h, get("kernel"), pair(layer["strides"]), layer["padding"].upper()) + get("bias")
        elif kind == "conv2dTranspose":
            strides, size = pair(layer["strides"]), pair(layer["kernelSize"])
            extra = [0 if layer["padding"] == "same" else max(k - s, 0) for k, s in zip(size, strides)]
            shape = [n * s + e for n, s, e in zip(h.shape[1:3], strides, extra)]
            h = tf.nn.conv2d_transpose(h, get("kernel"), (batch, *shape, layer["filters"]), strides,
                                       layer["padding"].upper()) + get("bias")
        elif kind == "maxPooling2d":
            h = tf.nn.max_pool2d(h, pair(layer["poolSize"]), pair(layer["poolSize"]), "VALID")
        elif kind == "lstm":
            h = lstm(h, get("kernel"), get("recurrentKernel"), get("bias"), layer.get("returnSequences"))
            continue
        elif kind == "repeatVector":
            h = tf.repeat(h[:, None], layer["n"], axis=1)
        if layer is not last:
            h = ACTIVATIONS[activation(layer)](h)
        regularizer = layer.get("activityRegularizer")
        if regularizer:
            t, q = regularizer["target"], tf.reduce_mean(h, 0)
            part = lambda s, m: s * tf.math.log(s / tf.clip_by_value(m, 1e-7, 1))
            penalty += regularizer["weight"] * tf.reduce_sum(part(t, q) + part(1 - t, 1 - q)) / batch
    return h, penalty


def open_task(task):
    w = {name: tf.Variable(value) for name, value in task.weights.items()}
    names = list(w)
    slots = {name: (tf.Variable(tf.zeros_like(v)), tf.Variable(tf.zeros_like(v))) for name, v in w.items()}
    count = tf.Variable(0.0)
    batches = [tf.constant(b) for b in task.data]

    @tf.function(jit_compile=True)
    def update(x):
        with tf.GradientTape() as tape:
            logits, penalty = forward(task, w, x)
            loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(x, logits)) + penalty
        gradients = tape.gradient(loss, [w[n] for n in names])
        if task.optimizer == "sgd":
            for name, g in zip(names, gradients):
                w[name].assign_sub(task.rate * g)
            return loss
        count.assign_add(1.0)
        rate = task.rate * tf.sqrt(1 - 0.999**count) / (1 - 0.9**count)
        for name, g in zip(names, gradients):
            m, v = slots[name]
            m.assign_add(0.1 * (g - m))
            v.assign_add(0.001 * (g * g - v))
            w[name].assign_sub(rate * m / (tf.sqrt(v) + task.epsilon))
        return loss

    return {"step": lambda i: update(batches[i]), "settle": lambda loss: loss.numpy()}


serve(lambda: f"TensorFlow {tf.__version__} tf.function, XLA", open_task)
