"""Train the bundled model bitstamp-btcusd: the next five trade-to-trade returns of BTC/USD.

    python3 train_bitstamp.py [trades.csv or trades.csv.gz]

Needs numpy and PyTorch (the bundled file: 1.13 on a CPU; other versions round differently).
Writes bitstamp-btcusd.safetensors beside this script.

The LSTM is trained the way the operator runs it: carried. The training rows are cut into 32 streams that are
walked in time order, and the state passes from chunk to chunk. Every step has a loss, so the model
also learns to forecast from a short history. The loss, learning rate, epoch and seed were chosen on the
validation rows; the test rows are read once, at the end.
"""
import copy
import gzip
import hashlib
import json
import os
import struct
import sys

import numpy as np
import torch

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "..", "data", "bitstamp_trades_from_20131125_usd.csv.gz")
MODEL = os.path.join(HERE, "bitstamp-btcusd.safetensors")

SEED = 1
EPOCHS = 20
HIDDEN, HORIZON = 64, 5
STREAMS, CHUNK = 32, 60
LEARNING_RATE = 3e-3
INPUT_CLIP, TARGET_CLIP = 20.0, 5.0
TRAIN_END, VALIDATION_END = 70_000, 80_000


def read_trades(path):
    with open(path, "rb") as f:
        raw = f.read()
    raw = gzip.decompress(raw) if path.endswith(".gz") else raw
    rows = np.array([line.split(",") for line in raw.decode().splitlines()[1:]], np.float64)
    return rows[:, 0], rows[:, 1], rows[:, 2], hashlib.sha256(raw).hexdigest()


def features(timestamp, price, amount):
    """Return, size and waiting time; never the price itself, which leaves the training range within days."""
    log_return = np.diff(np.log(price), prepend=np.log(price[0]))
    elapsed_ms = np.diff(timestamp * 1000, prepend=timestamp[0] * 1000)
    return np.stack([log_return, np.log1p(amount), np.log1p(elapsed_ms)], axis=1)


class Model(torch.nn.Module):
    def __init__(self, inputs):
        super().__init__()
        self.lstm = torch.nn.LSTM(inputs, HIDDEN)
        self.head = torch.nn.Linear(HIDDEN, HORIZON)

    def forward(self, x, state=None):
        h, state = self.lstm(x, state)
        return self.head(h), state


def forecast(model, x):
    """One pass over all rows as a single stream, from the zero state at row 0; float64 arithmetic."""
    with torch.no_grad():
        return copy.deepcopy(model).double()(x.double()[:, None])[0][:, 0].numpy()


def next_returns(scaled):
    """Row t, column k-1: the return of row t+k; NaN past the end."""
    targets = np.full((len(scaled), HORIZON), np.nan)
    for k in range(1, HORIZON + 1):
        targets[:-k, k - 1] = scaled[k:]
    return targets


def train_epoch(model, optimizer, schedule, x, y, known):
    length = len(x) // STREAMS
    rows = torch.arange(STREAMS * length).reshape(STREAMS, length).T
    state = None
    for begin in range(0, length, CHUNK):
        chunk = rows[begin:begin + CHUNK]
        predicted, state = model(x[chunk], state)
        state = tuple(s.detach() for s in state)  # carry the value, cut the gradient
        loss = (((predicted - y[chunk]) ** 2) * known[chunk]).sum() / known[chunk].sum()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()


def report(predicted, scaled, no_change, begin, end):
    """Squared errors of rows [begin, end) whose target lies before end, in units of the training variance.

    Per horizon k: the k-th return alone, and the sum of the first k returns (the move of the log price).
    """
    result = []
    for k in range(1, HORIZON + 1):
        target = np.stack([scaled[begin + j:end - k + j] for j in range(1, k + 1)], axis=1)
        p = predicted[begin:end - k, :k]
        one = np.mean((p[:, -1] - target[:, -1]) ** 2), np.mean((no_change - target[:, -1]) ** 2)
        total = target.sum(1)
        move = np.mean((p.sum(1) - total) ** 2), np.mean((k * no_change - total) ** 2)
        result.append(one + move)
    return result


def write_safetensors(path, tensors, metadata):
    header, blobs, offset = {"__metadata__": metadata}, [], 0
    for name, array in tensors.items():
        blob = np.ascontiguousarray(array, "<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [offset, offset + len(blob)]}
        blobs.append(blob)
        offset += len(blob)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def main():
    torch.set_num_threads(1)  # one thread: the same sums in the same order on every run
    torch.manual_seed(SEED)

    timestamp, price, amount, digest = read_trades(sys.argv[1] if len(sys.argv) > 1 else DATA)
    raw = features(timestamp, price, amount)
    mean, std = raw[:TRAIN_END].mean(0), raw[:TRAIN_END].std(0)
    z = (raw - mean) / std
    scaled_return, no_change = z[:, 0].copy(), -mean[0] / std[0]
    z[:, 0] = z[:, 0].clip(-INPUT_CLIP, INPUT_CLIP)  # size and waiting time stay far inside without help
    x = torch.from_numpy(z.astype(np.float32))
    y = next_returns(scaled_return[:TRAIN_END])  # no target from beyond the training rows
    known = torch.from_numpy(np.isfinite(y).astype(np.float32))
    # A few jumps of up to 24 standard deviations would otherwise rule the gradient of their chunk.
    y = torch.from_numpy(np.nan_to_num(y).clip(-TARGET_CLIP, TARGET_CLIP).astype(np.float32))

    model = Model(x.shape[1])
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    chunks = -(-(TRAIN_END // STREAMS) // CHUNK)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, EPOCHS * chunks)
    best = None
    for epoch in range(1, EPOCHS + 1):
        train_epoch(model, optimizer, schedule, x[:TRAIN_END], y, known)
        error, reference = report(forecast(model, x[:VALIDATION_END]), scaled_return, no_change,
                                  TRAIN_END, VALIDATION_END)[0][:2]
        print(f"epoch {epoch:2d}: validation MSE {error:.4f}, {100 * (1 - error / reference):.2f} % below no change", flush=True)
        if best is None or error < best[0]:
            best = error, epoch, copy.deepcopy(model)

    _, epoch, model = best
    predicted = forecast(model, x)
    figures = {}
    for name, begin, end in [("validation", TRAIN_END, VALIDATION_END), ("test", VALIDATION_END, len(x))]:
        figures[name] = report(predicted, scaled_return, no_change, begin, end)
        print(f"{name}: MSE in training variances (model, no change), the k-th return | the move over k rows")
        for k, (a, b, c, d) in enumerate(figures[name], 1):
            print(f"  k={k}: {a:.4f} {b:.4f} {100 * (1 - a / b):6.2f} % | {c:.4f} {d:.4f} {100 * (1 - c / d):6.2f} %")

    scale = [{"mean": float(m), "std": float(s)} for m, s in zip(mean, std)]
    card = {
        "name": "bitstamp-btcusd", "version": "1", "lookback": 30, "horizon": HORIZON, "context": "carry", "gap_policy": "KEEP",
        "features": [
            {"name": "return", "formula": "price", "transform": "log_return", **scale[0], "clip": INPUT_CLIP},
            {"name": "amount", "formula": "amount", "transform": "log1p", **scale[1]},
            {"name": "elapsed", "formula": "elapsed()", "transform": "log1p", **scale[2]}],
        "target": "return",
        "provenance": {
            "data": "bitstamp_trades_from_20131125_usd.csv", "data_sha256": digest, "rows": len(x),
            "train_rows": [0, TRAIN_END], "validation_rows": [TRAIN_END, VALIDATION_END], "test_rows": [VALIDATION_END, len(x)],
            "trained_with": f"PyTorch {torch.__version__}, carried, {STREAMS} streams, chunks of {CHUNK}, "
                            f"Adam {LEARNING_RATE:g} with cosine decay, MSE on targets clipped at {TARGET_CLIP:g}, best of {EPOCHS} epochs",
            "seed": SEED, "epochs": epoch}}
    for name in figures:
        error, reference = figures[name][0][:2]
        card["provenance"].update({f"{name}_mse": round(error, 6), f"{name}_mse_no_change": round(reference, 6)})
    card["provenance"]["test_skill"] = round(1 - error / reference, 6)
    tensors = {name: tensor.numpy() for name, tensor in model.state_dict().items()}
    write_safetensors(MODEL, tensors, {"model_card": json.dumps(card)})


if __name__ == "__main__":
    main()
