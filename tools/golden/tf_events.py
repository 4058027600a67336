"""Records of events as TensorFlow writes them. Writes packages/trainer/src/node/tf-event.golden.json.

With a folder as argument: prints what TensorFlow reads from the event files in it instead.
"""
import json
import os
import pathlib
import sys
import tempfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf
from tensorflow.core.framework.summary_pb2 import Summary
from tensorflow.core.util.event_pb2 import Event, SessionLog

if len(sys.argv) > 1:
    for path in sorted(pathlib.Path(sys.argv[1]).rglob("events.out.*")):
        for event in tf.compat.v1.train.summary_iterator(str(path)):
            values = {v.tag: v.simple_value for v in event.summary.value}
            print(path.parent.name, event.step, event.file_version, event.session_log.status, values)
    sys.exit()

root = pathlib.Path(__file__).resolve().parents[2]
events = [
    {"wallTime": 1700000000.25, "fileVersion": "brain.Event:2"},
    {"wallTime": 1700000001.5, "step": 1, "scalars": {"epoch_loss": 0.5}},
    {"wallTime": 1700000002.125, "step": 300, "scalars": {"epoch_loss": -1e-20, "epoch_größe": 3.4e38, "a/b": 0.0}},
    {"wallTime": 0.5, "step": 5000000000, "scalars": {}},
    {"wallTime": 1.0, "step": 18, "sessionStart": True},
    {"wallTime": 1.0, "step": 128, "scalars": {"x" * 200: 1.0}},
]
out = []
with tempfile.TemporaryDirectory() as folder:
    path = f"{folder}/record"
    for event in events:
        proto = Event(wall_time=event["wallTime"])
        if "step" in event:
            proto.step = event["step"]
        if "fileVersion" in event:
            proto.file_version = event["fileVersion"]
        if "sessionStart" in event:
            proto.session_log.CopyFrom(SessionLog(status=SessionLog.START))
        if "scalars" in event:
            proto.summary.CopyFrom(Summary(value=[
                Summary.Value(tag=tag, simple_value=value) for tag, value in event["scalars"].items()]))
        with tf.io.TFRecordWriter(path) as writer:
            writer.write(proto.SerializeToString(deterministic=True))
        out.append({"event": event, "record": pathlib.Path(path).read_bytes().hex()})
target = root / "packages/trainer/src/node/tf-event.golden.json"
target.write_text(json.dumps(out, indent=1, ensure_ascii=False) + "\n")
