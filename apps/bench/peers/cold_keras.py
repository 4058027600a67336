"""One epoch of the sparse model with Keras's fit from a cold start; prints a line of JSON when it is over."""
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"
import json
import resource
import sys

import keras
import numpy as np
from common import ANSWERS
from keras_model import sparsity

x = np.fromfile(sys.argv[1], np.uint8).reshape(-1, 28, 28).astype("float32") / 255
keras.utils.set_random_seed(42)
L = keras.layers
model = keras.Sequential([
    keras.Input((28, 28)), L.Flatten(), L.Dense(100, "selu"),
    L.Dense(300, "sigmoid", activity_regularizer=sparsity(0.05, 0.1)),
    L.Dense(100, "selu"), L.Dense(784, "sigmoid"), L.Reshape((28, 28)),
])
model.compile(keras.optimizers.SGD(1.0), "binary_crossentropy")
loss = model.fit(x, x, batch_size=32, epochs=1, verbose=0).history["loss"][0]
print(json.dumps({"loss": loss, "peakKiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}),
      file=ANSWERS, flush=True)
os._exit(0)
