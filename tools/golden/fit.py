"""Three epochs of Keras's fit with everything that tells conventions apart: an activity and a kernel regularizer,
tail batches in training and validation, a metric, momentum. Writes packages/trainer/src/fit/fit.golden.json."""
import json
import os
import pathlib

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
from keras import ops

root = pathlib.Path(__file__).resolve().parents[2]
rng = np.random.default_rng(42)
train = rng.random((10, 6)).astype("float32")
validation = rng.random((5, 6)).astype("float32")
squares = lambda x: 0.05 * ops.sum(ops.square(x))


def rounded_accuracy(target, output):
    return ops.mean(ops.cast(ops.equal(ops.round(target), ops.round(output)), "float32"), axis=-1)


model = keras.Sequential([
    keras.Input((6,)),
    keras.layers.Dense(3, activation="selu", activity_regularizer=squares),
    keras.layers.Dense(6, activation="sigmoid", kernel_regularizer=squares),
])
values = [rng.normal(0, 0.5, w.shape).astype("float32") for w in model.weights]
model.set_weights(values)
model.compile(
    keras.optimizers.SGD(0.5, momentum=0.9), "binary_crossentropy",
    metrics=[rounded_accuracy, keras.metrics.BinaryCrossentropy(name="reconstruction")],
)
names = ["encoder/0/kernel", "encoder/0/bias", "decoder/0/kernel", "decoder/0/bias"]
keep = lambda: {n: {"shape": list(w.shape), "data": w.numpy().ravel().tolist()} for n, w in zip(names, model.weights)}
initial = keep()
history = model.fit(
    train, train, epochs=3, batch_size=4, shuffle=False, verbose=0,
    validation_data=(validation, validation), validation_batch_size=4,
).history
renamed = {"rounded_accuracy": "roundedAccuracy", "val_rounded_accuracy": "val_roundedAccuracy"}
entries = [{renamed.get(k, k): float(v[i]) for k, v in history.items()} for i in range(3)]
out = {"keras": keras.__version__, "train": train.tolist(), "validation": validation.tolist(), "initial": initial,
       "history": entries, "final": keep()}
(root / "packages/trainer/src/fit/fit.golden.json").write_text(json.dumps(out, indent=1) + "\n")
