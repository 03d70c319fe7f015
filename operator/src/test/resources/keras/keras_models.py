"""Writes the Keras models next to this script and their outputs, y for each step in float64.

    KERAS_BACKEND=torch python keras_models.py        # Keras 3.15, h5py 3, numpy 2

k_l1_h16_i3 was also written by Keras 3.15, y in float32 by its own predict; it is left unchanged.
Keras 2 files are imitated: attributes are bytes, names end in :0, inbound nodes are lists.
"""

import json
import os
import zipfile

import h5py
import keras
import numpy as np
from keras import layers

HERE = os.path.dirname(os.path.abspath(__file__))
KEYS, STEPS = 2, 8
RANDOM = np.random.default_rng(20241201)


def folder(name):
    path = os.path.join(HERE, name)
    os.makedirs(path, exist_ok=True)
    return path


def numbers(*shape):
    return (RANDOM.standard_normal(shape) * 0.4).astype(np.float32)


def table(path, prefix, rows):
    with open(path, "w") as out:
        out.write("key," + ",".join(f"{prefix}{k}" for k in range(rows.shape[2])) + "\n")
        for key, steps in zip("ab", rows):
            for step in steps:
                out.write(key + "," + ",".join(repr(float(v)) for v in step) + "\n")


def lstm(x, kernel, recurrent, bias):
    """h of every step; columns of the kernels are i, f, c, o."""
    h = c = np.zeros(recurrent.shape[0])
    steps = []
    for row in x:
        i, f, g, o = np.split(row @ kernel + h @ recurrent + bias, 4)
        c = c / (1 + np.exp(-f)) + np.tanh(g) / (1 + np.exp(-i))
        h = np.tanh(c) / (1 + np.exp(-o))
        steps.append(h)
    return np.array(steps)


def golden(name, weights, features):
    """Writes x.csv and y.csv for the layers' weights in order: three per LSTM, two per Dense."""
    x = np.round(RANDOM.standard_normal((KEYS, STEPS, features)) * 64) / 64
    y = x
    for w in weights:
        w = [v.astype(np.float64) for v in w]
        y = np.array([lstm(k, *w) if len(w) == 3 else k @ w[0] + w[1] for k in y])
    table(os.path.join(folder(name), "x.csv"), "x", x)
    table(os.path.join(folder(name), "y.csv"), "y", y)


def keras3(name, model, features, order):
    """Saves a model with random weights; order lists its layers with weights in data-flow order."""
    model.set_weights([numbers(*w.shape).astype(w.dtype) for w in model.get_weights()])
    path = os.path.join(folder(name), "model.keras")
    model.save(path)
    deflate(path)
    weights = [layer.get_weights() for layer in order]
    golden(name, [w if len(w) > 1 else w + [np.zeros(1)] for w in weights], features)


def deflate(path):
    """Compresses an archive: Keras packs without compression, but reads deflated entries too."""
    with zipfile.ZipFile(path) as old:
        entries = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in entries.items():
            new.writestr(name, content)


def stacked():
    """All layers that do nothing in a forecast, a missing bias, and what training leaves behind."""
    model = keras.Sequential([
        keras.Input((None, 2)),
        layers.LSTM(4, return_sequences=True, dropout=0.1, recurrent_dropout=0.1),
        layers.Dropout(0.2),
        layers.LSTM(3, return_sequences=True),
        layers.SpatialDropout1D(0.1),
        layers.GaussianNoise(0.1),
        layers.TimeDistributed(layers.Dense(2)),
        layers.Activation("linear"),
        layers.Dense(1, use_bias=False)])
    model.compile("sgd", "mse")
    model.fit(np.zeros((2, 4, 2)), np.zeros((2, 4, 1)), verbose=0)
    keras3("stacked", model, 2, [k for k in model.layers if k.get_weights()])


def swapped():
    """The second LSTM was created before the first, which has unused outputs."""
    second = layers.LSTM(2, name="lstm_second")
    first = layers.LSTM(3, return_sequences=True, return_state=True, name="lstm_first")
    x = keras.Input((5, 2))
    head = layers.Dense(1)
    keras3("swapped", keras.Model(x, head(second(first(x)[0]))), 2, [first, second, head])


def float64():
    keras.config.set_dtype_policy("float64")
    model = keras.Sequential([keras.Input((None, 2)), layers.LSTM(3), layers.Dense(1)])
    keras3("float64", model, 2, model.layers)
    keras.config.set_dtype_policy("float32")


def keras2_config(functional):
    shape = {"batch_input_shape": [None, None, 2]}
    common = {"dtype": "float32", "trainable": True, "use_bias": True, "kernel_regularizer": None}
    sources = {"name": "input_1", "dtype": "float32", "sparse": False, "ragged": False}
    config = [{"class_name": "InputLayer", "config": {**shape, **sources}}]
    for name, units in (("lstm", 3), ("lstm_1", 2)):
        config.append({"class_name": "LSTM", "config": {
            "name": name, **common, **({} if functional or name == "lstm_1" else shape), "units": units,
            "activation": "tanh", "recurrent_activation": "sigmoid", "unit_forget_bias": True, "dropout": 0.0,
            "return_sequences": name == "lstm", "return_state": False, "go_backwards": False, "stateful": False,
            "unroll": False, "time_major": False, "recurrent_dropout": 0.0, "implementation": 2}})
    head = {"name": "dense", **common, "units": 1, "activation": "linear"}
    config.append({"class_name": "Dense", "config": head})
    if not functional:
        return {"class_name": "Sequential", "config": config[1:], "keras_version": "2.1.6"}
    for before, layer in zip([None] + config, config):
        layer["name"] = layer["config"]["name"]
        layer["inbound_nodes"] = [[[before["name"], 0, 0, {}]]] if before else []
    ends = {"input_layers": [["input_1", 0, 0]], "output_layers": [["dense", 0, 0]]}
    return {"class_name": "Functional", "config": {"name": "model", "layers": config, **ends}}


def keras2_weights():
    return {
        "lstm": [numbers(2, 12), numbers(3, 12), numbers(12)],
        "lstm_1": [numbers(3, 8), numbers(2, 8), numbers(8)],
        "dense": [numbers(2, 1), numbers(1)]}


def keras2_groups(group, weights, cell):
    group.attrs["layer_names"] = [name.encode() for name in weights]
    group.attrs["keras_version"] = b"2.8.0"
    for name, w in weights.items():
        lstm_weights = len(w) == 3
        kinds = ["kernel", "recurrent_kernel", "bias"] if lstm_weights else ["kernel", "bias"]
        paths = [f"{name}/{cell if lstm_weights else ''}{kind}:0" for kind in kinds]
        layer = group.create_group(name)
        layer.attrs["weight_names"] = [p.encode() for p in paths]
        for path, values in zip(paths, w):
            layer.create_dataset(path, data=values)


def keras2():
    """model.h5 of Keras 2.8, weights.h5 of Keras 2.1 and model.keras of Keras 2.15."""
    weights = keras2_weights()
    with h5py.File(os.path.join(folder("keras2"), "model.h5"), "w") as out:
        out.attrs["keras_version"] = b"2.8.0"
        out.attrs["model_config"] = json.dumps(keras2_config(True)).encode()
        keras2_groups(out.create_group("model_weights"), weights, "lstm_cell/")
    golden("keras2", weights.values(), 2)

    weights = keras2_weights()
    with h5py.File(os.path.join(folder("keras2-weights"), "weights.h5"), "w") as out:
        keras2_groups(out, weights, "")
    with open(os.path.join(folder("keras2-weights"), "config.json"), "w") as out:
        json.dump(keras2_config(False), out)
    golden("keras2-weights", weights.values(), 2)

    weights = keras2_weights()
    path = os.path.join(folder("keras2-archive"), "model.weights.h5")
    with h5py.File(path, "w") as out:
        # Layers with weights are counted twice: the second LSTM is lstm_2.
        for group, w in zip(("lstm/cell", "lstm_2/cell", "dense"), weights.values()):
            for k, values in enumerate(w):
                out.create_dataset(f"_layer_checkpoint_dependencies/{group}/vars/{k}", data=values)
        out.create_dataset("metrics/mean/vars/0", data=numbers(1))
        seeds = "_layer_checkpoint_dependencies/lstm/cell/seed_generator/vars/0"
        out.create_dataset(seeds, data=np.zeros(2, np.uint32))
    with zipfile.ZipFile(os.path.join(folder("keras2-archive"), "model.keras"), "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("metadata.json", '{"keras_version": "2.15.0"}')
        out.writestr("config.json", json.dumps(keras2_config(True)))
        out.write(path, "model.weights.h5")
    os.remove(path)
    golden("keras2-archive", weights.values(), 2)


def hdf5(name, write, **options):
    """The weights of LSTM(1) on one input, the kernel stored in a way that Keras does not use."""
    with h5py.File(os.path.join(folder("hdf5"), name + ".h5"), "w", **options) as out:
        group = out.create_group("layers/lstm/cell/vars")
        write(group, numbers(1, 4))
        group.create_dataset("1", data=numbers(1, 4))
        group.create_dataset("2", data=numbers(4))


def storage(group, kernel):
    group.create_dataset("0", data=kernel, external=[(os.devnull, 0, h5py.h5f.UNLIMITED)])


def hdf5_features():
    hdf5("plain", lambda g, kernel: g.create_dataset("0", data=kernel))
    hdf5("chunked", lambda g, kernel: g.create_dataset("0", data=kernel, chunks=(1, 4)))
    hdf5("compressed", lambda g, kernel: g.create_dataset("0", data=kernel, compression="gzip"))
    hdf5("big-endian", lambda g, kernel: g.create_dataset("0", data=kernel.astype(">f4")))
    hdf5("float16", lambda g, kernel: g.create_dataset("0", data=kernel.astype(np.float16)))
    hdf5("integers", lambda g, kernel: g.create_dataset("0", data=kernel.astype(np.int32)))
    hdf5("soft-link", lambda g, _: g.__setitem__("0", h5py.SoftLink("/layers/lstm/cell/vars/1")))
    hdf5("external-link", lambda g, _: g.__setitem__("0", h5py.ExternalLink("/etc/hostname", "/0")))
    hdf5("external-storage", storage)
    hdf5("latest", lambda g, kernel: g.create_dataset("0", data=kernel), libver="latest")


if __name__ == "__main__":
    stacked()
    swapped()
    float64()
    keras2()
    hdf5_features()
