"""Write the window goldens: forecasts of models with `context: window`, computed by PyTorch in float64.

Run it from its own folder:  /usr/bin/python3 window_goldens.py

For every model it writes a folder with
  model.safetensors  float32 weights, the affine tensors if there are any, and the model card
  stream.csv         key, event_time, the card's fields, unit, f1..fH: the observations of three interleaved
                     keys, each with the forecasts that follow it; `unit` is how much a forecast changes when
                     the model's output changes by 1

At every observation the last `lookback` inputs of its key (fewer at its start) run through nn.LSTM from a zero
state, oldest first; the linear layer reads the last h. Inputs are narrowed to float32, everything else is float64:

  plain       x_t = clip((transform(v_t) - mean) / std), on the series: differences look beyond the window
  minus_last  z_t = clip((v_t - mean) / std),  x_t = z_t - z_last
  revin       z_t as above,  x_t = (z_t - m) / sqrt(var + eps) [* affine_weight + affine_bias],
              m and var (population) over the window, eps = 1e-5 [1]

A model with one output and a longer horizon is rolled out: each output is the next input, in the frame
(z_last, m, var) of the window.

[1] T. Kim et al.: Reversible Instance Normalization for Accurate Time-Series Forecasting against Distribution
Shift. ICLR 2022.
"""
import json
import os
import struct

import numpy as np
import torch

SEED = 20240636
ROWS = 190
KEYS = ["A", "B", "C"]
KEY_SHARES = [0.45, 0.35, 0.2]
BEGINNING = 1_700_000_000_000  # epoch milliseconds
EPS = 1e-5
WINDOW_RELATIVE = ["minus_last", "revin"]


def feature(name, formula, transform, mean, std, clip=None):
    card = {"name": name, "formula": formula, "transform": transform, "mean": mean, "std": std}
    return card if clip is None else {**card, "clip": clip}


# Per model: the card without name, version and context; sizes; the keys' starting prices and their step size; the
# digits of a price; the range of key A's rows at which prices stand still.
MODELS = {
    "plain_returns": {
        "lookback": 12, "horizon": 1, "target": "mid_return",
        "features": [feature("mid_return", "mean(bid, ask)", "log_return", 1.2e-7, 2.9e-5, 2.5),
                     feature("pause", "elapsed()", "log1p", 6.5, 1.4)],
        "hidden": 16, "layers": 1, "outputs": 1,
        "start": [1.1, 1.1004, 1.0997], "step": 3e-5, "digits": 6, "still": None,
    },
    "plain_identity": {
        "lookback": 5, "horizon": 3, "target": "price",
        "features": [feature("book", "imbalance(bid_size, ask_size)", "identity", 0.01, 0.45),
                     feature("price", "price", "identity", 101.0, 1.3)],
        "hidden": 12, "layers": 2, "outputs": 3,
        "start": [100.0, 101.5, 102.0], "step": 0.3, "digits": 2, "still": None,
    },
    "minus_last": {
        "lookback": 30, "horizon": 4, "target": "mid",
        "features": [feature("mid", "mean(bid, ask)", "minus_last", 1.1001, 1.1e-4)],
        "hidden": 16, "layers": 1, "outputs": 4,
        "start": [1.1, 1.1004, 1.0997], "step": 3e-5, "digits": 6, "still": None,
    },
    "minus_last_and_volume": {
        "lookback": 10, "horizon": 2, "target": "price",
        "features": [feature("volume", "volume", "log1p", 5.5, 1.1, 2),
                     feature("price", "price", "minus_last", 100.5, 1.0, 3)],
        "hidden": 16, "layers": 2, "outputs": 2,
        "start": [100.0, 101.5, 98.0], "step": 0.3, "digits": 2, "still": None,
    },
    "revin": {
        "lookback": 24, "horizon": 6, "target": "price",
        "features": [feature("price", "price", "revin", 101.0, 1.2),
                     feature("spread", "difference(ask, bid)", "revin", 0.09, 0.03, 1.5)],
        "hidden": 16, "layers": 1, "outputs": 6,
        "start": [100.0, 102.0, 131.0], "step": 0.3, "digits": 2, "still": [20, 56],
    },
    "revin_affine": {
        "lookback": 30, "horizon": 2, "target": "mid",
        "features": [feature("book", "imbalance(bid_size, ask_size)", "revin", 0.01, 0.45),
                     feature("volume", "volume", "log1p", 5.5, 1.1),
                     feature("mid", "mean(bid, ask)", "revin", 1.1001, 1.1e-4)],
        "affine": {"prefix": "revin.", "weight": [-0.7, 1.4], "bias": [0.15, -0.3]},
        "hidden": 16, "layers": 2, "outputs": 2,
        "start": [1.1, 1.1004, 1.0997], "step": 3e-5, "digits": 6, "still": None,
    },
    "revin_affine_rolled_out": {
        "lookback": 16, "horizon": 3, "target": "price",
        "features": [feature("price", "price", "revin", 100.0, 2.2, 1.2)],
        "affine": {"prefix": "", "weight": [0.8], "bias": [0.25]},
        "hidden": 16, "layers": 1, "outputs": 1,
        "start": [100.0, 100.6, 99.5], "step": 0.3, "digits": 2, "still": [30, 50],
    },
}


def write_safetensors(path, tensors, metadata):
    header, blobs, offset = {"__metadata__": metadata}, [], 0
    for name in sorted(tensors):
        blob = np.ascontiguousarray(tensors[name]).astype("<f4").tobytes()
        shape = list(tensors[name].shape)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [offset, offset + len(blob)]}
        blobs.append(blob)
        offset += len(blob)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def draw_weights(rng, model):
    """Wider than PyTorch's initialisation, with the open forget gates of a trained model, so that it remembers."""
    hidden = model["hidden"]

    def draw(bound, *shape):
        return rng.uniform(-bound, bound, shape).astype(np.float32)

    tensors = {"head.weight": draw(3 / np.sqrt(hidden), model["outputs"], hidden),
               "head.bias": draw(0.2, model["outputs"])}
    for layer in range(model["layers"]):
        width = len(model["features"]) if layer == 0 else hidden
        tensors[f"lstm.weight_ih_l{layer}"] = draw(1.5 / np.sqrt(width), 4 * hidden, width)
        tensors[f"lstm.weight_hh_l{layer}"] = draw(1.2 / np.sqrt(hidden), 4 * hidden, hidden)
        for bias in [f"lstm.bias_ih_l{layer}", f"lstm.bias_hh_l{layer}"]:
            tensors[bias] = draw(0.3, 4 * hidden)
            tensors[bias][hidden:2 * hidden] += np.float32(1.1)
    return tensors


def fields(features):
    """The fields that the formulas read, each once, in the order of their first appearance."""
    found = []
    for f in features:
        found += [name for name in arguments(f["formula"]) if name not in found]
    return found


def arguments(formula):
    inside = formula.partition("(")[2].rstrip(")") if "(" in formula else formula
    return [name.strip() for name in inside.split(",") if name.strip()]


def draw_stream(rng, model):
    """Rows of key, time and all the fields that any model reads."""
    times = BEGINNING + np.cumsum(np.floor(rng.exponential(300, ROWS)).astype(int))
    prices, counts, rows = dict(zip(KEYS, model["start"])), dict.fromkeys(KEYS, 0), []
    still = range(*model["still"]) if model["still"] else []
    for time, key in zip(times, rng.choice(KEYS, ROWS, p=KEY_SHARES)):
        step = model["step"] * rng.standard_normal() * (6 if rng.random() < 0.03 else 1)
        if not (key == "A" and counts[key] in still):
            prices[key] += step
        counts[key] += 1
        half = model["step"] * rng.uniform(0.05, 0.25)
        price = {name: float(np.round(p, model["digits"])) for name, p in [
            ("price", prices[key]), ("bid", prices[key] - half), ("ask", prices[key] + half)]}
        sizes = {name: int(1 + rng.lognormal(5, 1)) for name in ["bid_size", "ask_size", "volume"]}
        rows.append({"key": str(key), "event_time": int(time), **price, **sizes})
    return rows


def formula_value(formula, row, elapsed):
    a, b = ([row[name] for name in arguments(formula)] + [None, None])[:2]
    return {
        "mean": lambda: (a + b) / 2,
        "difference": lambda: a - b,
        "imbalance": lambda: (a - b) / (a + b),
        "elapsed": lambda: float(elapsed),
    }.get(formula.partition("(")[0], lambda: a)()


def transformed(transform, value, previous):
    return {
        "identity": lambda: value,
        "log1p": lambda: np.log1p(value),
        "log_return": lambda: np.log(value / previous),
        # Applied to the window, later.
        "minus_last": lambda: value,
        "revin": lambda: value,
    }[transform]()


def scaled_series(features, rows):
    """For one key: the formulas' values and the clipped, scaled numbers, both (rows, features)."""
    values, z = np.empty((len(rows), len(features))), np.empty((len(rows), len(features)))
    for t, row in enumerate(rows):
        elapsed = row["event_time"] - rows[max(t - 1, 0)]["event_time"]
        for k, f in enumerate(features):
            values[t, k] = formula_value(f["formula"], row, elapsed)
            plain = transformed(f["transform"], values[t, k], values[max(t - 1, 0), k])
            clip = f.get("clip", np.inf)
            z[t, k] = np.clip((plain - f["mean"]) / f["std"], -clip, clip)
    return values, z


class RevIn:
    """RevIN [1], with the mean and variance of one window and one feature."""

    def __init__(self, z, affine):
        self.mean, self.std = np.mean(z), np.sqrt(np.var(z) + EPS)
        self.affine = affine  # weight, bias, or None

    def normalise(self, z):
        x = (z - self.mean) / self.std
        return x * self.affine[0] + self.affine[1] if self.affine else x

    def denormalise(self, y):
        if self.affine:
            y = (y - self.affine[1]) / (self.affine[0] + EPS * EPS)
        return y * self.std + self.mean


class MinusLast:
    def __init__(self, z, affine):
        self.last = z[-1]

    def normalise(self, z):
        return z - self.last

    def denormalise(self, y):
        return y + self.last


class Plain:
    def __init__(self, z, affine):
        pass

    def normalise(self, z):
        return z

    def denormalise(self, y):
        return y


FRAMES = {"revin": RevIn, "minus_last": MinusLast}


def affine_of(model, tensors):
    """The affine weight and bias of each feature, or None."""
    found = [None] * len(model["features"])
    if "affine" in model:
        relative = [k for k, f in enumerate(model["features"]) if f["transform"] == "revin"]
        prefix = model["affine"]["prefix"]
        for index, k in enumerate(relative):
            found[k] = [float(tensors[f"{prefix}affine_{name}"][index]) for name in ["weight", "bias"]]
    return found


def decode(f, frame, y, last):
    """The target formula's values that the outputs y (horizon) stand for."""
    plain = frame.denormalise(y) * f["std"] + f["mean"]
    return last * np.exp(np.cumsum(plain)) if f["transform"] == "log_return" else plain


def forecast(model, network, affine, values, z):
    """Outputs, forecasts (horizon) and the unit after one window (n, features)."""
    frames = [FRAMES.get(f["transform"], Plain)(z[:, k], affine[k]) for k, f in enumerate(model["features"])]
    x = np.stack([frame.normalise(z[:, k]) for k, frame in enumerate(frames)], axis=1).astype(np.float32)
    lstm, head = network
    h, state = lstm(torch.from_numpy(x.astype(np.float64))[None])
    y = [head(h[0, -1])]
    target = [f["name"] for f in model["features"]].index(model["target"])
    f = model["features"][target]
    while model["outputs"] == 1 and len(y) < model["horizon"]:
        # The clip bounds z, not numbers in the frame of a window.
        clip = np.inf if f["transform"] in ("minus_last", "revin") else f.get("clip", np.inf)
        h, state = lstm(y[-1].clamp(-clip, clip).float().double()[None, None], state)
        y.append(head(h[0, -1]))
    y = torch.cat(y).numpy()
    forecasts = decode(f, frames[target], y, values[-1, target])
    unit = (frames[target].denormalise(1.0) - frames[target].denormalise(0.0)) * f["std"]
    return y, forecasts, unit * (forecasts[0] if f["transform"] == "log_return" else 1)


def network_of(model, tensors):
    lstm = torch.nn.LSTM(len(model["features"]), model["hidden"], model["layers"], batch_first=True)
    network = torch.nn.ModuleDict({"lstm": lstm, "head": torch.nn.Linear(model["hidden"], model["outputs"])}).double()
    network.load_state_dict({name: torch.from_numpy(t.astype(np.float64)) for name, t in tensors.items()})
    return network["lstm"], network["head"]


def write_model(name, model, rng):
    tensors = draw_weights(rng, model)
    network = network_of(model, tensors)
    if "affine" in model:
        for part in ["weight", "bias"]:
            tensors[f"{model['affine']['prefix']}affine_{part}"] = np.array(model["affine"][part], np.float32)
    card = {"name": name, "version": "1", "context": "window",
            **{key: model[key] for key in ["lookback", "horizon", "features", "target"]}}
    os.makedirs(name, exist_ok=True)
    write_safetensors(f"{name}/model.safetensors", tensors, {"model_card": json.dumps(card)})

    affine = affine_of(model, tensors)
    rows, names = draw_stream(rng, model), fields(model["features"])
    by_key, outputs = {key: [] for key in KEYS}, []
    with open(f"{name}/stream.csv", "w") as f:
        ahead = [f"f{k + 1}" for k in range(model["horizon"])]
        f.write(",".join(["key", "event_time", *names, "unit", *ahead]) + "\n")
        for row in rows:
            seen = by_key[row["key"]]
            seen.append(row)
            values, z = scaled_series(model["features"], seen)
            begin = max(len(seen) - model["lookback"], 0)
            y, forecasts, unit = forecast(model, network, affine, values[begin:], z[begin:])
            outputs.append(y)
            numbers = [*(row[field] for field in names), float(unit), *map(float, forecasts)]
            f.write(",".join([row["key"], str(row["event_time"]), *map(repr, numbers)]) + "\n")
    y = np.array(outputs)
    print(f"{name}: rows of keys {[len(by_key[key]) for key in KEYS]}, y {y.shape} in [{y.min():.3f}, {y.max():.3f}],"
          f" std {y.std():.3f}")


def main():
    torch.set_num_threads(1)
    with torch.no_grad():
        for index, (name, model) in enumerate(MODELS.items()):
            write_model(name, model, np.random.default_rng(SEED + index))


if __name__ == "__main__":
    main()
