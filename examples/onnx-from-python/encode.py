"""Encodes images with an encoder that Sandglass exported: encode.py encoder.onnx [images.npy [codes.npy]]"""
import json
import sys

import numpy as np
import onnxruntime

model, images, codes = (sys.argv[1:] + [None] * 3)[:3]
if model is None:
    sys.exit(__doc__)
session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
metadata = session.get_modelmeta().custom_metadata_map
spec = json.loads(metadata["sandglass.spec"])
given, made = session.get_inputs()[0], session.get_outputs()[0]
print(f"{metadata['sandglass.function']} ({spec['type']}): {given.name} {given.shape} -> {made.name} {made.shape}")

if images is None:
    x = np.random.default_rng(0).random((5, *given.shape[1:]), dtype=np.float32)
else:
    x = np.load(images).astype(np.float32)
(result,) = session.run([made.name], {given.name: x})
print(f"{len(x)} samples, mean {result.mean():.4f}, from {result.min():.4f} to {result.max():.4f}")
if codes is not None:
    np.save(codes, result)
