"""Both ends of files that other programs write, for the test that recognises them.

    python tools/golden/foreign_files.py          writes packages/core/src/io/foreign.golden.json

Made with keras 3.15.1 (tensorflow 2.21.0), h5py 3.14.0, numpy 2.4.6. What torch.save writes is laid out here as it does
it: a ZIP archive of stored entries, before version 1.6 a sequence of pickles that begins with a magic number.
"""

import base64
import io
import json
import pickle
import tempfile
import zipfile
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

OUT = Path(__file__).parents[2] / "packages/core/src/io/foreign.golden.json"
END = 1536


def keras_files(folder):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, activation="swish"), keras.layers.Dense(3)])
    model.compile(loss="mse")
    for name in ("model.keras", "model.h5", "model.weights.h5"):
        (model.save_weights if "weights" in name else model.save)(folder / name)
    model.export(folder / "saved", verbose=False)
    (folder / "saved_model.pb").write_bytes((folder / "saved/saved_model.pb").read_bytes())
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    (folder / "model.tflite").write_bytes(converter.convert())
    (folder / "config.json").write_text(model.to_json())


def torch_files(folder):
    with zipfile.ZipFile(folder / "model.pt", "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("archive/data.pkl", pickle.dumps({"weight": [1.0]}, protocol=2))
        archive.writestr("archive/byteorder", "little")
        archive.writestr("archive/data/0", np.ones(4, np.float32).tobytes())
        archive.writestr("archive/version", "3\n")
    old = io.BytesIO()
    for part in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}, {"weight": [1.0]}):
        pickle.dump(part, old, protocol=2)
    (folder / "old.pth").write_bytes(old.getvalue())


def arrays(folder):
    np.save(folder / "array.npy", np.ones((2, 3), np.float32))
    np.savez(folder / "arrays.npz", a=np.ones(3))
    (folder / "model.pkl").write_bytes(pickle.dumps({"coef": [1.0]}, protocol=4))


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        keras_files(folder)
        torch_files(folder)
        arrays(folder)
        files = {}
        for path in sorted(path for path in folder.iterdir() if path.is_file()):
            data = path.read_bytes()
            kept = data if len(data) <= 2 * END else data[:END] + data[-END:]
            files[path.name] = base64.b64encode(kept).decode()
    OUT.write_text(json.dumps(files, indent=1) + "\n")


main()
