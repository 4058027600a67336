"""Values and gradients of Keras 3's layer normalization, in float64.

Run: python tools/golden/normalization.py   (needs keras 3 and tensorflow)

Writes packages/core/src/layers/normalization.golden.json.
"""

from layer_case import case, keras, write

L = keras.layers
write(
    "normalization",
    {
        "layerNormalization": [
            case({}, L.LayerNormalization(), (3, 4)),
            case({"epsilon": 0.1, "scale": False}, L.LayerNormalization(epsilon=0.1, scale=False), (2, 2, 3)),
            case({"center": False}, L.LayerNormalization(center=False), (2, 2, 2, 2)),
        ],
    },
)
