"""Write the long golden runs: 10,000 carried LSTM steps per model, computed by PyTorch in float64.

Run it from its own folder:  /usr/bin/python3 long_goldens.py

For every model folder it reads model.safetensors and writes long.safetensors with
  x  F32 [10000, input]   the inputs (exact in float32)
  y  F64 [10000, output]  linear(lstm(x)), with the state zero at the start and carried to the end
The inputs are standard normal with 2 % outliers of up to about 25 standard deviations.
The model l2_h16_i3_nobias (two layers, no LSTM bias) is created here as well.
"""
import json
import os
import struct

import numpy as np
import torch

STEPS = 10_000
SEED = 20240607
MODELS = ["l1_h16_i1", "l1_h16_i3_nobias", "l1_h64_i1", "l2_h16_i3_nobias", "l2_h64_i5"]
DTYPES = {"F32": np.dtype("<f4"), "F64": np.dtype("<f8")}


def read_safetensors(path):
    with open(path, "rb") as f:
        raw = f.read()
    (header_length,) = struct.unpack("<Q", raw[:8])
    header = json.loads(raw[8:8 + header_length])
    data = raw[8 + header_length:]
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            tensors[name] = np.frombuffer(data[begin:end], DTYPES[entry["dtype"]]).reshape(entry["shape"])
    return tensors


def write_safetensors(path, tensors, metadata):
    header, blobs, offset = {"__metadata__": metadata}, [], 0
    for name in sorted(tensors):
        array = np.ascontiguousarray(tensors[name])
        dtype = next(key for key, value in DTYPES.items() if value == array.dtype)
        blob = array.astype(DTYPES[dtype]).tobytes()
        header[name] = {"dtype": dtype, "shape": list(array.shape), "data_offsets": [offset, offset + len(blob)]}
        blobs.append(blob)
        offset += len(blob)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def create_two_layers_without_bias(path, input_size=3, hidden=16, outputs=1):
    """float32 weights drawn like PyTorch's own initialisation: uniform in +-1/sqrt(hidden)."""
    rng = np.random.default_rng(SEED)
    bound = 1 / np.sqrt(hidden)

    def draw(*shape):
        return rng.uniform(-bound, bound, shape).astype(np.float32)

    tensors = {"linear.weight": draw(outputs, hidden), "linear.bias": draw(outputs)}
    for layer, width in enumerate([input_size, hidden]):
        tensors[f"lstm.weight_ih_l{layer}"] = draw(4 * hidden, width)
        tensors[f"lstm.weight_hh_l{layer}"] = draw(4 * hidden, hidden)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    write_safetensors(path, tensors, {"format": "pt"})


def run(tensors, x):
    layers = sum(name.startswith("lstm.weight_ih_l") for name in tensors)
    outputs, hidden = tensors["linear.weight"].shape
    lstm = torch.nn.LSTM(x.shape[1], hidden, layers, bias="lstm.bias_ih_l0" in tensors, batch_first=True)
    model = torch.nn.ModuleDict({"lstm": lstm, "linear": torch.nn.Linear(hidden, outputs)}).double()
    model.load_state_dict({name: torch.from_numpy(t.astype(np.float64)) for name, t in tensors.items()})
    with torch.no_grad():
        h, _ = model["lstm"](torch.from_numpy(x.astype(np.float64))[None])
        return model["linear"](h)[0].numpy()


def inputs(seed, input_size):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((STEPS, input_size))
    # Market data is heavy-tailed; the outliers drive the gates into saturation.
    x = np.where(rng.random(x.shape) < 0.02, x * 8, x)
    return x.astype(np.float32)


def main():
    torch.set_num_threads(1)
    create_two_layers_without_bias("l2_h16_i3_nobias/model.safetensors")
    for index, name in enumerate(MODELS):
        tensors = read_safetensors(f"{name}/model.safetensors")
        x = inputs(SEED + 1 + index, tensors["lstm.weight_ih_l0"].shape[1])
        y = run(tensors, x)
        write_safetensors(f"{name}/long.safetensors", {"x": x, "y": y}, {"steps": str(STEPS), "torch": torch.__version__})
        print(f"{name}: x {x.shape} max |x| {np.abs(x).max():.1f}, y {y.shape} in [{y.min():.4f}, {y.max():.4f}], last {y[-1]}")


if __name__ == "__main__":
    main()
