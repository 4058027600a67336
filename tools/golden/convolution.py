"""Values and gradients of Keras 3's layers for images, in float64.

Run: python tools/golden/convolution.py   (needs keras 3 and tensorflow)

Writes packages/core/src/layers/convolution.golden.json.
"""

from layer_case import case, keras, write

L = keras.layers
write(
    "convolution",
    {
        "conv2d": [
            case(
                {"filters": 2, "kernelSize": 3, "padding": "same", "activation": "selu"},
                L.Conv2D(2, 3, padding="same", activation="selu"),
                (2, 4, 3, 2),
            ),
            case(
                {"filters": 2, "kernelSize": [2, 3], "strides": 2, "padding": "same", "activation": "tanh"},
                L.Conv2D(2, (2, 3), strides=2, padding="same", activation="tanh"),
                (2, 5, 4, 1),
            ),
            case(
                {"filters": 2, "kernelSize": 3, "strides": [2, 1], "useBias": False},
                L.Conv2D(2, 3, strides=(2, 1), use_bias=False),
                (1, 6, 4, 2),
            ),
            case(
                {"filters": 2, "kernelSize": [3, 2], "dilationRate": [1, 2], "padding": "same", "activation": "sigmoid"},
                L.Conv2D(2, (3, 2), dilation_rate=(1, 2), padding="same", activation="sigmoid"),
                (2, 4, 4, 2),
            ),
            case({"filters": 1, "kernelSize": 2, "dilationRate": 2}, L.Conv2D(1, 2, dilation_rate=2), (1, 4, 5, 1)),
        ],
        "conv2dTranspose": [
            case(
                {"filters": 2, "kernelSize": 3, "strides": 2, "activation": "selu"},
                L.Conv2DTranspose(2, 3, strides=2, activation="selu"),
                (2, 2, 3, 2),
            ),
            case(
                {"filters": 1, "kernelSize": 3, "strides": 2, "padding": "same", "activation": "sigmoid"},
                L.Conv2DTranspose(1, 3, strides=2, padding="same", activation="sigmoid"),
                (2, 3, 2, 2),
            ),
            case(
                {"filters": 1, "kernelSize": 2, "strides": 3, "useBias": False},
                L.Conv2DTranspose(1, 2, strides=3, use_bias=False),
                (1, 2, 2, 1),
            ),
            case(
                {"filters": 1, "kernelSize": 3, "strides": 2, "padding": "same", "outputPadding": [0, 1]},
                L.Conv2DTranspose(1, 3, strides=2, padding="same", output_padding=(0, 1)),
                (1, 3, 2, 1),
            ),
            case(
                {"filters": 1, "kernelSize": 3, "strides": 2, "outputPadding": 1},
                L.Conv2DTranspose(1, 3, strides=2, output_padding=1),
                (1, 2, 2, 1),
            ),
        ],
        "maxPooling2d": [
            case({}, L.MaxPooling2D(), (2, 4, 5, 2)),
            case({"padding": "same"}, L.MaxPooling2D(padding="same"), (2, 3, 3, 2)),
            case(
                {"poolSize": [3, 2], "strides": 1, "padding": "same"},
                L.MaxPooling2D((3, 2), strides=1, padding="same"),
                (2, 3, 3, 1),
            ),
        ],
        "averagePooling2d": [
            case({}, L.AveragePooling2D(2), (2, 4, 5, 2)),
            case({"padding": "same"}, L.AveragePooling2D(2, padding="same"), (2, 3, 5, 2)),
            case({"poolSize": [3, 2], "strides": [2, 1]}, L.AveragePooling2D((3, 2), strides=(2, 1)), (2, 5, 3, 1)),
            case(
                {"poolSize": 3, "strides": 1, "padding": "same"},
                L.AveragePooling2D(3, strides=1, padding="same"),
                (2, 3, 3, 1),
            ),
        ],
        "upSampling2d": [
            case({}, L.UpSampling2D(), (3, 2, 3, 2)),
            case({"size": [3, 1]}, L.UpSampling2D((3, 1)), (2, 2, 2, 1)),
            case({"size": [2, 3], "interpolation": "bilinear"}, L.UpSampling2D((2, 3), interpolation="bilinear"), (2, 2, 4, 2)),
        ],
        "globalAveragePooling2d": [
            case({}, L.GlobalAveragePooling2D(), (2, 3, 2, 2)),
            case({"keepDims": True}, L.GlobalAveragePooling2D(keepdims=True), (2, 2, 2, 1)),
        ],
        "globalMaxPooling2d": [
            case({}, L.GlobalMaxPooling2D(), (2, 3, 2, 2)),
            case({"keepDims": True}, L.GlobalMaxPooling2D(keepdims=True), (2, 2, 2, 1)),
            case({}, L.GlobalMaxPooling2D(), (1, 2, 2, 1), x=[[[[0.5], [0.25]], [[0.5], [-1.0]]]]),
        ],
        "depthwiseConv2d": [
            case(
                {"kernelSize": 3, "depthMultiplier": 2, "padding": "same", "activation": "tanh"},
                L.DepthwiseConv2D(3, depth_multiplier=2, padding="same", activation="tanh"),
                (2, 3, 4, 2),
            ),
            case({"kernelSize": 2, "strides": 2}, L.DepthwiseConv2D(2, strides=2), (2, 5, 4, 2)),
            case(
                {"kernelSize": 2, "dilationRate": 2, "padding": "same"},
                L.DepthwiseConv2D(2, dilation_rate=2, padding="same"),
                (1, 4, 4, 2),
            ),
        ],
        "separableConv2d": [
            case(
                {"filters": 3, "kernelSize": 2, "depthMultiplier": 2, "strides": 2, "activation": "selu"},
                L.SeparableConv2D(3, 2, depth_multiplier=2, strides=2, activation="selu"),
                (2, 4, 4, 2),
            ),
            case({"filters": 1, "kernelSize": 3, "padding": "same"}, L.SeparableConv2D(1, 3, padding="same"), (1, 3, 4, 2)),
        ],
        "zeroPadding2d": [
            case({}, L.ZeroPadding2D(), (1, 2, 2, 2)),
            case({"padding": [[0, 1], [2, 0]]}, L.ZeroPadding2D(((0, 1), (2, 0))), (2, 2, 1, 1)),
        ],
        "cropping2d": [
            case({"cropping": [1, 0]}, L.Cropping2D((1, 0)), (1, 3, 2, 2)),
            case({"cropping": [[0, 1], [2, 0]]}, L.Cropping2D(((0, 1), (2, 0))), (2, 2, 4, 1)),
        ],
        "conv1d": [
            case(
                {"filters": 2, "kernelSize": 3, "strides": 2, "padding": "same", "activation": "tanh"},
                L.Conv1D(2, 3, strides=2, padding="same", activation="tanh"),
                (2, 5, 2),
            ),
            case(
                {"filters": 2, "kernelSize": 2, "dilationRate": 2, "padding": "causal"},
                L.Conv1D(2, 2, dilation_rate=2, padding="causal"),
                (2, 5, 1),
            ),
        ],
        "conv1dTranspose": [
            case(
                {"filters": 2, "kernelSize": 3, "strides": 2, "activation": "selu"},
                L.Conv1DTranspose(2, 3, strides=2, activation="selu"),
                (2, 3, 2),
            ),
            case(
                {"filters": 1, "kernelSize": 4, "strides": 3, "padding": "same", "activation": "sigmoid"},
                L.Conv1DTranspose(1, 4, strides=3, padding="same", activation="sigmoid"),
                (2, 2, 2),
            ),
            case(
                {"filters": 1, "kernelSize": 2, "strides": 3, "useBias": False},
                L.Conv1DTranspose(1, 2, strides=3, use_bias=False),
                (1, 3, 1),
            ),
            case(
                {"filters": 1, "kernelSize": 3, "strides": 2, "padding": "same", "outputPadding": 1},
                L.Conv1DTranspose(1, 3, strides=2, padding="same", output_padding=1),
                (1, 3, 1),
            ),
        ],
        "maxPooling1d": [
            case({}, L.MaxPooling1D(), (2, 5, 2)),
            case(
                {"poolSize": 3, "strides": 1, "padding": "same"},
                L.MaxPooling1D(3, strides=1, padding="same"),
                (2, 4, 2),
            ),
        ],
        "averagePooling1d": [
            case({}, L.AveragePooling1D(2), (2, 5, 2)),
            case(
                {"poolSize": 3, "strides": 2, "padding": "same"},
                L.AveragePooling1D(3, strides=2, padding="same"),
                (2, 6, 2),
            ),
        ],
        "upSampling1d": [case({"size": 3}, L.UpSampling1D(3), (2, 2, 2))],
    },
)
