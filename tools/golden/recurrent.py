"""Values and gradients of Keras 3's layers for sequences, in float64.

Run: python tools/golden/recurrent.py   (needs keras 3 and tensorflow)

Writes packages/core/src/layers/recurrent.golden.json.
"""

from layer_case import camel, case, keras, numbers, write

L = keras.layers
MASK = [[True, True, False, True], [False, True, True, False]]
# Unrolled, since TensorFlow has no second derivative of its loops.
UNROLLED = {"unroll": True}

padded = numbers(2, 3, 2)
padded[0, 1] = -2
padded[1, 2] = -2
padded[1, 0, 1] = -2


def within(prefix=""):
    return lambda variable: f"{prefix}0/{camel(variable)}"


def both_ways(variable):
    return within("backward/" if "backward" in variable.path else "forward/")(variable)


write(
    "recurrent",
    {
        "lstm": [
            case({"units": 3, "returnSequences": True}, L.LSTM(3, return_sequences=True, **UNROLLED), (2, 4, 2)),
            case({"units": 2}, L.LSTM(2, **UNROLLED), (2, 4, 2), mask=MASK),
            case(
                {"units": 2, "returnSequences": True, "goBackwards": True},
                L.LSTM(2, return_sequences=True, go_backwards=True, **UNROLLED),
                (2, 4, 2),
                mask=MASK,
            ),
            case(
                {"units": 2, "activation": "selu", "recurrentActivation": "softmax", "useBias": False},
                L.LSTM(2, activation="selu", recurrent_activation="softmax", use_bias=False, **UNROLLED),
                (2, 3, 1),
            ),
        ],
        "gru": [
            case({"units": 3, "returnSequences": True}, L.GRU(3, return_sequences=True, **UNROLLED), (2, 4, 2)),
            case({"units": 2}, L.GRU(2, **UNROLLED), (2, 4, 2), mask=MASK),
            case({"units": 2, "useBias": False}, L.GRU(2, use_bias=False, **UNROLLED), (2, 3, 1)),
            case(
                {"units": 2, "resetAfter": False, "goBackwards": True},
                L.GRU(2, reset_after=False, go_backwards=True, **UNROLLED),
                (2, 3, 2),
            ),
        ],
        "simpleRnn": [
            case({"units": 3, "returnSequences": True}, L.SimpleRNN(3, return_sequences=True, **UNROLLED), (2, 4, 2)),
            case({"units": 2, "activation": "selu"}, L.SimpleRNN(2, activation="selu", **UNROLLED), (2, 4, 2), mask=MASK),
        ],
        "repeatVector": [case({"n": 3}, L.RepeatVector(3), (2, 2))],
        "timeDistributed": [
            case(
                {"layer": {"type": "dense", "units": 2, "activation": "sigmoid"}},
                L.TimeDistributed(L.Dense(2, activation="sigmoid")),
                (2, 3, 2),
                name=within(),
            ),
            case(
                {"layer": {"type": "conv2d", "filters": 1, "kernelSize": 2}},
                L.TimeDistributed(L.Conv2D(1, 2)),
                (2, 2, 3, 2, 1),
                name=within(),
            ),
        ],
        "bidirectional": [
            case(
                {"layer": {"type": "lstm", "units": 2, "returnSequences": True}},
                # Not unrolled: Keras then zeroes the backward outputs by the mask in forward order.
                L.Bidirectional(L.LSTM(2, return_sequences=True)),
                (2, 4, 2),
                mask=MASK,
                name=both_ways,
            ),
            case(
                {"layer": {"type": "gru", "units": 2}, "mergeMode": "ave"},
                L.Bidirectional(L.GRU(2, **UNROLLED), merge_mode="ave"),
                (2, 3, 1),
                name=both_ways,
            ),
        ],
        "masking": [case({"maskValue": -2}, L.Masking(-2.0), (2, 3, 2), x=padded)],
    },
)
