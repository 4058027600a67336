"""What every Python peer shares: the fixture, and answering requests as a line of JSON each on stdin and stdout."""
import json
import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np

ANSWERS = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # Whatever frameworks print must not get between the answers.


class Task:
    """A fixture: layers, initial weights by name, and batches `[batches, batch, ...input]`."""

    def __init__(self, path):
        with open(path) as file:
            m = json.load(file)
        self.id, self.batch, self.layers = m["task"], m["batch"], m["layers"]
        self.optimizer, self.rate = m["optimizer"]["type"], m["optimizer"]["learningRate"]
        self.epsilon = m["optimizer"].get("epsilon")
        flat = np.fromfile(m["weightsFile"], "<f4")
        size = lambda e: int(np.prod(e["shape"], dtype=int))
        self.weights = {e["name"]: flat[e["offset"]:e["offset"] + size(e)].reshape(e["shape"]) for e in m["weights"]}
        self.data = np.fromfile(m["dataFile"], "<f4").reshape(m["batches"], self.batch, *m["inputShape"])

    def name(self, layer, suffix):
        """Full name of a layer's weight: its own `kernel`, or that of the layer inside it."""
        return next(n for n in self.weights if n.startswith(layer["path"] + "/") and n.endswith("/" + suffix))


def pair(value):
    return (value, value) if isinstance(value, int) else tuple(value)


def inner(layer):
    """The layer that does the work: what a time-distributed layer applies at each step."""
    return layer["layer"] if layer["type"] == "timeDistributed" else layer


def activation(layer):
    return inner(layer).get("activation", {"type": "linear"})["type"]


def serve(describe, open_task):
    """
    `open_task(task)` gives `step(i) -> loss` (any scalar), `settle(last)` and, if it runs many at once, `run(n)`, which
    may return the nanoseconds that count.
    """
    state = {}

    def handle(request):
        if request["do"] == "prepare":
            task = Task(request["manifest"])
            started = time.perf_counter()
            state.clear()
            state.update(open_task(task))
            opened = time.perf_counter() - started
            losses, first = [], 0.0
            for i in range(request["checked"]):
                begin = time.perf_counter()
                losses.append(float(state["step"](i % len(task.data))))
                first = first or time.perf_counter() - begin
            state.update(done=request["checked"], batches=len(task.data))
            return {"engine": describe(), "losses": losses, "openMs": opened * 1e3, "firstStepMs": first * 1e3}
        if request["do"] == "run":
            run(request["warmUp"])
            begin = time.perf_counter_ns()
            own = run(request["steps"])
            return {"ns": own or time.perf_counter_ns() - begin}
        raise ValueError("unknown request")

    def run(steps):
        if "run" in state:
            return state["run"](steps)
        step, batches, done, loss = state["step"], state["batches"], state["done"], None
        for i in range(done, done + steps):
            loss = step(i % batches)
        state["done"] = done + steps
        if "settle" in state and steps:
            state["settle"](loss)

    for line in sys.stdin:
        request = json.loads(line)
        if request["do"] == "exit":
            break
        try:
            answer = handle(request)
        except Exception as error:  # Reported, so that the other engines go on.
            answer = {"error": f"{type(error).__name__}: {str(error)[:2000]}"}
        print(json.dumps(answer), file=ANSWERS, flush=True)
    ANSWERS.flush()
    os._exit(0)
