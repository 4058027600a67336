"""
Keras 3 on TensorFlow: the time of model.fit over a fixed number of batches in memory, shuffling off. Only its epochs
count, from begin to end: what fit does before them would weigh more in a short turn than in a real run.
"""
import os
import time

os.environ["KERAS_BACKEND"] = "tensorflow"
from common import serve

import keras
import numpy as np
import tensorflow as tf
from keras_model import make_model, make_optimizer

MOST_BYTES = 200e6


class EpochClock(keras.callbacks.Callback):
    total = 0

    def on_epoch_begin(self, epoch, logs=None):
        self.begin = time.perf_counter_ns()

    def on_epoch_end(self, epoch, logs=None):
        self.total += time.perf_counter_ns() - self.begin


def open_task(task):
    keras.backend.clear_session()
    model = make_model(task)
    model.compile(make_optimizer(task), "binary_crossentropy")
    fit = lambda x, epochs, *callbacks: model.fit(
        x, x, batch_size=task.batch, epochs=epochs, shuffle=False, verbose=0, callbacks=list(callbacks))
    most = max(1, int(MOST_BYTES / task.data[0].nbytes))
    tiled = {}

    def run(steps):
        """As few epochs as memory allows, since each costs something of its own."""
        if not steps:
            return 0
        epochs = -(-steps // most)
        while steps % epochs:
            epochs += 1
        size = steps // epochs
        if size not in tiled:
            tiled.clear()
            times = -(-size // len(task.data))
            tiled[size] = np.tile(task.data.reshape(-1, *task.data.shape[2:]), (times, 1, 1))[:size * task.batch]
        clock = EpochClock()
        fit(tiled[size], epochs, clock)
        return clock.total

    return {"step": lambda i: fit(task.data[i], 1).history["loss"][0], "run": run}


serve(lambda: f"Keras {keras.__version__} fit, TensorFlow {tf.__version__}", open_task)
