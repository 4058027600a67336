"""When Keras's EarlyStopping ends random runs, and of which epoch it restores the weights.
Writes packages/trainer/src/callbacks/early-stopping.golden.json."""
import json
import os
import pathlib
import random

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras

root = pathlib.Path(__file__).resolve().parents[2]
random.seed(7)


class Fake:
    """A model whose weights are the number of the epoch."""
    stop_training = False
    weights = 0
    get_weights = lambda self: self.weights
    set_weights = lambda self, weights: setattr(self, "weights", weights)


cases = []
for _ in range(150):
    mode = random.choice(["min", "max"])
    options = {"patience": random.randrange(4), "minDelta": random.choice([0, 0, 1]), "mode": mode}
    losses = [random.randrange(6) for _ in range(random.randrange(1, 9))]
    if random.random() < 0.2:
        losses[random.randrange(len(losses))] = None
    if losses[0] is None:  # Keras then keeps the NaN as the best for ever; ours does not.
        losses[0] = 3
    callback = keras.callbacks.EarlyStopping(
        "val_loss", patience=options["patience"], min_delta=options["minDelta"], mode=mode, restore_best_weights=True)
    model = Fake()
    callback.set_model(model)
    callback.on_train_begin()
    epochs = 0
    for epoch, loss in enumerate(losses):
        model.weights = epochs = epoch + 1
        callback.on_epoch_end(epoch, {"val_loss": float("nan") if loss is None else float(loss)})
        if model.stop_training:
            break
    callback.on_train_end()
    cases.append({"losses": losses, "options": options, "epochs": epochs, "restored": model.weights})
path = root / "packages/trainer/src/callbacks/early-stopping.golden.json"
path.write_text("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")
