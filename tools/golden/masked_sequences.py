"""Golden numbers of autoencoders of padded sequences: Keras's loss of a model whose mask reaches its output, and that of
one with a vector between, where Keras forgets the mask and it is applied here.

    python tools/golden/masked_sequences.py   (needs keras and tensorflow)
"""
import json
from pathlib import Path

from layer_case import camel, keras, np, numbers, plain, tf

OUT = Path(__file__).parents[2] / "packages/core/src/models/masked-sequences.golden.json"
layers = keras.layers

# Padding after, before and between; a sequence without any, and one of nothing else.
MASK = np.array([[1, 1, 1, 0, 0], [0, 0, 1, 1, 1], [1, 0, 0, 1, 1], [1, 1, 1, 1, 1], [0, 0, 0, 0, 0]], "float64")


def case(mask_layer, forward, names, loss, spec):
    x = (numbers(5, 5, 2) + 1) / 2 * MASK[..., None]
    forward(tf.constant(x))
    weights = {}
    for layer, path in names:
        for variable in layer.weights:
            variable.assign(numbers(*variable.shape))
            weights[f"{path}/{camel(variable)}"] = variable
    with tf.GradientTape() as tape:
        output = forward(tf.constant(x))
        value = loss(tf.constant(x), output)
    gradients = tape.gradient(value, [v.value for v in weights.values()])
    return {
        **spec,
        "maskLayer": mask_layer,
        "input": plain(x),
        "mask": plain(MASK),
        "weights": {name: plain(v) for name, v in weights.items()},
        "value": float(value),
        "gradients": dict(zip(weights, map(plain, gradients))),
    }


def lstm(units, sequences=True):
    return layers.LSTM(units, return_sequences=sequences)


def sequence_to_sequence():
    encoder, decoder, head = lstm(3), lstm(4), layers.Dense(2)
    model = keras.Sequential([keras.Input((5, 2)), layers.Masking(), encoder, decoder, layers.TimeDistributed(head)])
    model.compile(loss="mse")

    def loss(x, output):
        assert keras.src.backend.get_keras_mask(output) is not None
        return model.compute_loss(x=x, y=x, y_pred=output)

    names = [(encoder, "encoder/1"), (decoder, "decoder/0"), (head, "decoder/1/0")]
    spec = {
        "encoder": [{"type": "masking"}, {"type": "lstm", "units": 3, "returnSequences": True}],
        "decoder": [
            {"type": "lstm", "units": 4, "returnSequences": True},
            {"type": "timeDistributed", "layer": {"type": "dense", "units": 2}},
        ],
        "loss": "meanSquaredError",
    }
    return case(True, model, names, loss, spec)


def through_a_vector():
    encoder, decoder = lstm(3, False), lstm(4)
    head = layers.Dense(2, activation="sigmoid")
    repeat = layers.RepeatVector(5)
    entropy = keras.losses.BinaryCrossentropy(reduction=None)

    def forward(x):
        return head(decoder(repeat(encoder(x, mask=tf.constant(MASK > 0)))))

    def loss(x, output):
        return tf.reduce_sum(entropy(x, output) * MASK) / MASK.sum()

    names = [(encoder, "encoder/0"), (decoder, "decoder/1"), (head, "decoder/2")]
    spec = {
        "encoder": [{"type": "lstm", "units": 3}],
        "decoder": [
            {"type": "repeatVector", "n": 5},
            {"type": "lstm", "units": 4, "returnSequences": True},
            {"type": "dense", "units": 2, "activation": "sigmoid"},
        ],
        "loss": "binaryCrossentropy",
    }
    return case(False, forward, names, loss, spec)


if __name__ == "__main__":
    OUT.write_text(json.dumps([sequence_to_sequence(), through_a_vector()]) + "\n")
