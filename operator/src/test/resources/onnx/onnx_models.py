"""Writes small LSTM models as ONNX files, as exporters write them, with golden inputs and outputs.

One folder per case: model.onnx, x.csv and y.csv (rows in time order per key, the state is reset at each key) and
meta.json. Needs torch, onnx, onnxscript and onnxruntime. Without arguments it rewrites the cases whose folders are
next to it; with prefixes of case names it writes those: "pt-", "hand-", "tf2onnx-" or "derived-" for all of a kind,
including many that must be refused.
Every golden y is computed in float64 from exactly the weights in the file. Each case with a golden is also run by
onnxruntime, and meta.json records the largest difference. Seeds are fixed. The folder conformance holds the ONNX
project's own test cases (Apache-2.0), which this script does not write.
"""
import copy
import json
import logging
import os
import shutil
import sys
import warnings
import zlib

warnings.filterwarnings("ignore")

import numpy as np
import onnx
import onnxruntime as ort
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

torch.set_num_threads(1)
ort.set_default_logger_severity(3)
logging.getLogger("torch.onnx._internal.exporter._registration").setLevel(logging.ERROR)
HERE = os.path.dirname(os.path.abspath(__file__))
KEYS, STEPS = 3, 12
FAILED, ONLY = [], []


# ---------------------------------------------------------------- cases on disk

def start(name):
    """Makes an empty folder for the case, seeds everything from its name and returns the folder."""
    folder = os.path.join(HERE, name)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    torch.manual_seed(zlib.crc32(name.encode()))
    np.random.seed(zlib.crc32(name.encode()) % 2**32)
    return folder


def inputs(features, steps=STEPS):
    """A random x of (keys, steps, features), in 64ths so that float16 holds each value exactly."""
    return np.round(np.clip(np.random.randn(KEYS, steps, features), -3, 3) * 64) / 64


def table(path, prefix, a):
    """Writes (keys, steps, columns) as CSV with a key column."""
    with open(path, "w") as out:
        out.write("key," + ",".join(prefix + str(i) for i in range(a.shape[2])) + "\n")
        for key, rows in zip("abcdefgh", a):
            for row in rows:
                out.write(key + "," + ",".join(repr(float(v)) for v in row) + "\n")


def finish(folder, expect, feature, exporter, opset=None, x=None, y=None, **more):
    """Writes meta.json and, if there is a golden, x.csv and y.csv."""
    if y is not None:
        table(os.path.join(folder, "x.csv"), "f", x)
        table(os.path.join(folder, "y.csv"), "y", y)
    name = os.path.basename(folder)
    meta = dict(case=name, expect=expect, feature=feature, exporter=exporter, opset=opset, golden=y is not None, **more)
    with open(os.path.join(folder, "meta.json"), "w") as out:
        json.dump(meta, out, indent=1)
    print(f"{name}: {expect}; {feature} {more}", flush=True)


def attempt(make, name, *args, **kw):
    """Makes one case in a child process; a failure is reported and leaves no folder behind.

    Each case has its own process, because torch 2.13's newer exporter accepts an open time axis of an nn.LSTM only
    in the first export of a process and treats the axis as fixed in any later one.
    """
    if ONLY and not any(name.startswith(o) for o in ONLY):
        return
    child = os.fork()
    if child == 0:
        try:
            make(name, *args, **kw)
            os._exit(0)
        except BaseException as e:
            print(f"FAILED {name}: {type(e).__name__}: {str(e)[-400:]}", flush=True)
            shutil.rmtree(os.path.join(HERE, name), ignore_errors=True)
            os._exit(1)
    if os.waitpid(child, 0)[1]:
        FAILED.append(name)


# ---------------------------------------------------------------- feeding a model

def arrange(rows, layout):
    """Arranges (time, features) in the model's layout: BTF, TBF, TF (no batch), BT (one feature) or BF (no time)."""
    return {"BTF": rows[None], "TBF": rows[:, None], "TF": rows, "BT": rows[None, :, 0], "BF": rows[-1:]}[layout]


def sequence_golden(model, x, layout, emits):
    """y for each step of each key: every prefix is fed to a float64 copy of the model and its last row is taken."""
    model = copy.deepcopy(model).double().eval()
    out = []
    with torch.no_grad():
        for rows in x:
            ys = [model(torch.tensor(arrange(rows[:t + 1], layout))) for t in range(len(rows))]
            out.append([last_row(y.numpy(), layout, emits) for y in ys])
    return np.array(out)


def last_row(y, layout, emits):
    """The newest step's output as a vector, from an output with every step or only the last one."""
    if emits == "last":
        return y.reshape(-1)
    return y[:, -1].reshape(-1) if layout in ("BTF", "BT") else y[-1].reshape(-1)


def step_golden(model, x, layout, states):
    """y for each step of each key of a model forward(x, h, c), with the state carried from zeros."""
    model = copy.deepcopy(model).double().eval()
    out = []
    with torch.no_grad():
        for rows in x:
            s, ys = [torch.zeros(z, dtype=torch.float64) for z in states], []
            for row in rows:
                y, *s = model(torch.tensor(arrange(row[None], layout)), *s)
                ys.append(y.numpy().reshape(-1))
            out.append(ys)
    return np.array(out)


def run_onnx(path, x, layout, emits, fixed):
    """Runs the file over x as sequences (emits all or last) or step by step; NaN where a fixed length hides a step."""
    session = ort.InferenceSession(path, providers=["CPUExecutionProvider"])
    first, *rest = session.get_inputs()
    kind = {"tensor(double)": np.float64, "tensor(float16)": np.float16}.get(first.type, np.float32)
    result = []
    for rows in x.astype(kind):
        if emits == "step":
            s = [np.zeros([d if isinstance(d, int) else 1 for d in i.shape], kind) for i in rest]
            ys = []
            for row in rows:
                y, *s = session.run(None, {first.name: arrange(row[None], layout)} | dict(zip([i.name for i in rest], s)))
                s = s[:len(rest)]
                ys.append(y.reshape(-1))
        else:
            ys = [np.full(0, np.nan) if fixed and t + 1 < len(rows) else
                  last_row(session.run(None, {first.name: arrange(rows[:t + 1], layout)})[0], layout, emits)
                  for t in range(len(rows))]
            if fixed:
                whole = session.run(None, {first.name: arrange(rows, layout)})[0]
                width = ys[-1].size
                every = whole.reshape(len(rows), width) if emits == "all" else None
                ys = [every[t] if emits == "all" else np.full(width, np.nan) if y.size == 0 else y for t, y in enumerate(ys)]
        result.append(ys)
    return np.array(result, np.float64)


def checked(folder, x, y, layout, emits, fixed=False, tolerance=1e-5):
    """The largest difference between onnxruntime and the golden; fails when it is too large."""
    diff = float(np.nanmax(np.abs(run_onnx(os.path.join(folder, "model.onnx"), x, layout, emits, fixed) - y)))
    if not diff <= tolerance:
        raise AssertionError(f"onnxruntime differs by {diff}")
    return diff


def checked_open(folder, x, y, layout, emits, fixed, tolerance, more):
    """Like checked, but adds to more; a time axis declared open may really be fixed, which more then records."""
    try:
        more["ort_diff"] = checked(folder, x, y, layout, emits, fixed, tolerance)
    except ort.capi.onnxruntime_pybind11_state.Fail as e:
        if fixed or "reshape" not in str(e):
            raise
        more["ort_diff"] = checked(folder, x, y, layout, emits, True, tolerance)
        more["really_fixed"] = "the time axis is named, but a Reshape holds the traced length"


# ---------------------------------------------------------------- PyTorch models

class Step(nn.Module):
    """One step: forward(x, h0, c0) -> y, hn, cn."""

    def __init__(self, f=3, h=8, o=1, layers=1, batch_first=False, **kw):
        super().__init__()
        self.lstm = nn.LSTM(f, h, layers, batch_first=batch_first, **kw)
        self.fc = nn.Linear(h, o)

    def forward(self, x, h0, c0):
        out, (hn, cn) = self.lstm(x, (h0, c0))
        return self.fc(out), hn, cn


class Cell(nn.Module):
    """One step by nn.LSTMCell: x of (batch, features)."""

    def __init__(self, f=3, h=8, o=1):
        super().__init__()
        self.cell = nn.LSTMCell(f, h)
        self.fc = nn.Linear(h, o)

    def forward(self, x, h0, c0):
        h, c = self.cell(x, (h0, c0))
        return self.fc(h), h, c


class Seq(nn.Module):
    """A whole sequence: forward(x) -> y; pick says which steps the head sees, twist what else forward does."""

    def __init__(self, f=3, h=8, o=1, layers=1, batch_first=True, pick="all", twist="", head_bias=True, two=0, kind=nn.LSTM, **kw):
        super().__init__()
        self.lstm = kind(f, h, layers, batch_first=batch_first, **kw)
        self.batch_first, self.pick, self.twist, self.two = batch_first, pick, twist, two
        width = two or kw.get("proj_size") or h * (2 if kw.get("bidirectional") else 1)
        if two:
            self.lstm2 = nn.LSTM(h, two, batch_first=batch_first)
        if twist in ("linear2", "relu", "dropout"):
            self.fc1 = nn.Linear(width, 5)
            width = 5
        if twist == "norm":
            self.norm = nn.LayerNorm(width)
        if twist == "learned":
            self.h0 = nn.Parameter(torch.randn(layers, 1, h) * 0.3)
            self.c0 = nn.Parameter(torch.randn(layers, 1, h) * 0.3)
        if twist == "standardise":
            self.register_buffer("mean", torch.randn(f))
            self.register_buffer("std", torch.rand(f) + 0.5)
        self.drop = nn.Dropout(0.3)
        self.fc = nn.Linear(width, o, bias=head_bias)
        if twist == "heads":
            self.fc_var = nn.Linear(width, o)

    def forward(self, x):
        x0 = x
        if self.twist == "univariate":
            x = x.unsqueeze(-1)
        if self.twist == "standardise":
            x = (x - self.mean) / self.std
        if self.twist == "permute":
            x = x[..., [2, 0, 1]]
        if self.twist == "flip":
            x = torch.flip(x, [1])
        if self.twist == "inner-transpose":
            x = x.transpose(0, 1)
        if self.twist in ("learned", "zeros"):
            b = x.size(0) if self.batch_first else x.size(1)
            if self.twist == "learned":
                s = (self.h0.expand(-1, b, -1).contiguous(), self.c0.expand(-1, b, -1).contiguous())
            else:
                z = torch.zeros(self.lstm.num_layers, b, self.lstm.hidden_size, dtype=x.dtype, device=x.device)
                s = (z, z.clone())
            out, (hn, cn) = self.lstm(x, s)
        else:
            out, hn = self.lstm(x)
            hn = hn[0] if isinstance(hn, tuple) else hn
        if self.two:
            out, (hn, cn) = self.lstm2(self.drop(out))
        if self.twist == "inner-transpose":
            out = out.transpose(0, 1)
        if self.pick == "last":
            out = out[:, -1] if self.batch_first else out[-1]
        if self.pick == "last3":
            out = out[:, -1:, :]
        if self.pick == "first":
            out = out[:, 0]
        if self.pick == "hn":
            out = hn[-1]
        if self.pick == "hn-squeeze":
            out = hn.squeeze(0)
        if self.twist == "flatten":
            y = self.fc(out.reshape(-1, out.shape[-1]))
            return y.view(x.shape[0], -1, y.shape[-1])
        if self.twist == "norm":
            out = self.norm(out)
        if self.twist in ("linear2", "relu", "dropout"):
            out = self.fc1(out)
            out = torch.relu(out) if self.twist == "relu" else self.drop(out) if self.twist == "dropout" else out
        y = self.fc(out)
        if self.twist == "tanh":
            y = torch.tanh(y)
        if self.twist == "sigmoid":
            y = torch.sigmoid(y)
        if self.twist == "squeeze":
            y = y.squeeze(-1)
        if self.twist == "residual":
            y = y + (x0[:, -1] if self.pick == "last" else x0)
        if self.twist == "heads":
            y = torch.cat([y, self.fc_var(out)], dim=-1)
        if self.twist == "rescale":
            y = y * 2.5 + 0.75
        return y


class Packed(nn.Module):
    """A sequence with the lengths as a second input."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(3, 6, batch_first=True)
        self.fc = nn.Linear(6, 1)

    def forward(self, x, lengths):
        p = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        out, _ = self.lstm(p)
        out, _ = nn.utils.rnn.pad_packed_sequence(out, batch_first=True)
        return self.fc(out)


def export(model, args, folder, exporter, opset, names, dynamic, **kw):
    """torch.onnx.export by the legacy (TorchScript) or the newer (dynamo) exporter; dynamic is {input: {axis: name}}."""
    outs = {"y": ["y"], "s": ["y", "hn", "cn"]}["s" if len(names) == 3 else "y"]
    path = os.path.join(folder, "model.onnx")
    kw = dict(opset_version=opset, input_names=names, output_names=outs) | kw
    if exporter == "legacy":
        torch.onnx.export(model, args, path, dynamo=False, dynamic_axes=dynamic or None, **kw)
    else:
        kw.setdefault("external_data", False)
        shapes = {n: {a: torch.export.Dim.DYNAMIC for a in axes} for n, axes in dynamic.items()}
        shapes = tuple(shapes.get(n, {}) for n in names) if dynamic else None
        torch.onnx.export(model, args, path, dynamo=True, dynamic_shapes=shapes, verbose=False, **kw)
        slim(path, keep="-op" in folder)


def slim(path, keep):
    """Removes the exporter's notes from a file (three quarters of it) or, with keep, only those that name local paths."""
    model = onnx.load(path, load_external_data=False)
    for holder in [model.graph, *model.graph.node, *model.graph.value_info, *model.graph.input, *model.graph.output, *model.graph.initializer]:
        kept = [p for p in holder.metadata_props if keep and "stack_trace" not in p.key]
        del holder.metadata_props[:]
        holder.metadata_props.extend(kept)
    onnx.save(model, path)


def torch_step(name, exporter, opset, feature, layers=1, batch_first=False, dynamic_batch=False, cell=False, f=3, h=8, o=1,
               dtype="float", **kw):
    """One case of the one-step form."""
    folder = start(name)
    model = (Cell(f, h, o) if cell else Step(f, h, o, layers, batch_first, **kw)).eval()
    getattr(model, dtype)()
    kind = next(model.parameters()).dtype
    b = 2 if dynamic_batch else 1
    layout = "BF" if cell else "BTF" if batch_first else "TBF"
    x = torch.randn({"BF": (b, f), "BTF": (b, 1, f), "TBF": (1, b, f)}[layout], dtype=kind)
    s = torch.zeros((b, h) if cell else (layers, b, h), dtype=kind)
    axis = 0 if cell else 1
    dynamic = {"x": {0 if layout != "TBF" else 1: "batch"}, "h0": {axis: "batch"}, "c0": {axis: "batch"}} if dynamic_batch else {}
    export(model, (x, s, s.clone()), folder, exporter, opset, ["x", "h0", "c0"], dynamic)
    gx = inputs(f)
    gs = ((1, h) if cell else (layers, 1, h),) * 2
    gy = step_golden(model, gx, layout, gs)
    more = dict(ort_diff=checked(folder, gx, gy, layout, "step")) if dtype == "float" else dict(ort="no such LSTM in onnxruntime")
    finish(folder, "load", feature, "torch " + torch.__version__ + " " + exporter, opset, gx, gy, form="step", layout=layout, **more)


def torch_seq(name, exporter, opset, feature, expect="load", dynamic="bt", layout=None, steps=STEPS, dtype="float", options=None,
              f=3, tolerance=1e-5, check=True, **kw):
    """One case of the sequence form; dynamic names the axes left open: b, t, bt or nothing."""
    folder = start(name)
    model = getattr(Seq(f=f, **kw).eval(), dtype)()
    layout = layout or ("BTF" if kw.get("batch_first", True) else "TBF")
    emits = "last" if kw.get("pick", "all") in ("last", "last3", "hn", "hn-squeeze", "first") else "all"
    gx = inputs(f, steps)
    sample = torch.tensor(arrange(gx[0], layout)).to(next(model.parameters()).dtype)
    if "b" in dynamic and "B" in layout:
        sample = torch.cat([sample, sample], layout.index("B"))
    axes = {layout.index(c): n for c, n in (("B", "batch"), ("T", "time")) if c.lower() in dynamic and c in layout}
    export(model, (sample,), folder, exporter, opset, ["x"], {"x": axes} if axes else {}, **(options or {}))
    more, gy = {}, None
    if check and kw.get("pick") != "first" and kw.get("twist") not in ("flip",) and not kw.get("bidirectional"):
        gy = sequence_golden(model, gx, layout, emits)
        try:
            checked_open(folder, gx, gy, layout, emits, "t" not in dynamic, tolerance, more)
        except Exception as e:
            if dtype == "float" and expect == "load":
                raise
            more["ort"] = str(e)[:160]
    finish(folder, expect, feature, "torch " + torch.__version__ + " " + exporter, opset, gx, gy, form="sequence", layout=layout,
           emits=emits, dynamic=dynamic, **more)


def legacy():
    """PyTorch by the TorchScript exporter."""
    both("legacy", [9, 11, 13, 14, 17, 18], 17)
    e, op = "legacy", 17
    attempt(torch_seq, "pt-legacy-nofold", e, op, "do_constant_folding=False", pick="last", options=dict(do_constant_folding=False))
    attempt(torch_seq, "pt-legacy-nofold-op11", e, 11, "do_constant_folding=False at opset 11", pick="last", options=dict(do_constant_folding=False))
    attempt(torch_seq, "pt-legacy-nofold-l2", e, op, "do_constant_folding=False, 2 layers", layers=2, pick="hn", options=dict(do_constant_folding=False))
    attempt(torch_seq, "pt-legacy-init-as-inputs", e, op, "keep_initializers_as_inputs=True: weights are graph inputs too", options=dict(keep_initializers_as_inputs=True))
    attempt(torch_seq, "pt-legacy-init-as-inputs-op9", e, 9, "keep_initializers_as_inputs=True at opset 9", pick="last", options=dict(keep_initializers_as_inputs=True))
    attempt(torch_seq, "pt-legacy-no-params", e, op, "export_params=False: weights are graph inputs without values", "refuse", check=False, options=dict(export_params=False))
    attempt(torch_external, "pt-legacy-external", e, op)
    attempt(torch_packed, "pt-legacy-packed", e, op)


def dynamo():
    """PyTorch by the newer exporter."""
    import torch._dynamo, torch.onnx._internal.exporter._core  # noqa: once for all children
    both("dynamo", [18, 20, 21, 22, 23], 18)
    attempt(torch_external, "pt-dynamo-external", "dynamo", 18)
    attempt(torch_seq, "pt-dynamo-init-as-inputs", "dynamo", 18, "keep_initializers_as_inputs=True", options=dict(keep_initializers_as_inputs=True))
    attempt(torch_seq, "pt-dynamo-nooptimize", "dynamo", 18, "optimize=False", pick="last", options=dict(optimize=False))
    attempt(torch_seq, "pt-dynamo-op17", "dynamo", 17, "opset 17 asked of the newer exporter", pick="last")


def both(e, opsets, op):
    """The cases for both exporters: the opsets in turn, then every variant at one opset."""
    p = "pt-" + e + "-"
    for i, n in enumerate(opsets):
        attempt(torch_step, f"{p}op{n}-step", e, n, "one step", batch_first=i % 2 == 0)
        attempt(torch_seq, f"{p}op{n}-seq-all", e, n, "whole sequence, every step out", batch_first=i % 2 == 0, o=2)
        attempt(torch_seq, f"{p}op{n}-seq-last", e, n, "whole sequence, last step out", pick="last", batch_first=i % 2 == 1)
    for bf in (False, True):
        for l in (1, 2, 3):
            attempt(torch_step, f"{p}step-bf{int(bf)}-l{l}", e, op, f"one step, {l} layers, batch_first={bf}", l, bf, h=5 + l, o=l)
        for d, pick in [(d, pick) for d in ("bt", "b", "t", "") for pick in ("all", "last", "hn") if pick != "hn" or d in ("bt", "")]:
            attempt(torch_seq, f"{p}seq-bf{int(bf)}-{pick}-{'dyn-' + d if d else 'static'}", e, op,
                    f"sequence, head on {pick}, batch_first={bf}, dynamic axes: {d or 'none'}", dynamic=d, batch_first=bf, pick=pick, f=2, h=6)
    attempt(torch_step, p + "step-dynbatch", e, op, "one step, dynamic batch", layers=2, batch_first=True, dynamic_batch=True)
    attempt(torch_step, p + "step-nobias", e, op, "one step, bias=False", bias=False)
    attempt(torch_step, p + "step-f64", e, op, "one step, float64", dtype="double")
    attempt(torch_step, p + "cell", e, op, "nn.LSTMCell: no LSTM node, the gates are written out", cell=True)
    attempt(torch_step, p + "cell-dynbatch", e, op, "nn.LSTMCell, dynamic batch", cell=True, dynamic_batch=True)

    def seq(suffix, feature, expect="load", **kw):
        attempt(torch_seq, p + suffix, e, op, feature, expect, **kw)

    seq("l2-all", "2 layers", layers=2)
    seq("l3-hn", "3 layers, head on hn[-1]", layers=3, pick="hn", h=5)
    seq("l2-last-bf0", "2 layers, time first, last step", layers=2, pick="last", batch_first=False)
    seq("l2-dropout", "dropout between layers (eval)", layers=2, dropout=0.2, pick="last")
    seq("nobias", "LSTM bias=False", bias=False)
    seq("nobias-head", "head without bias", head_bias=False, o=2)
    seq("nobias-head-last", "head without bias, last step", head_bias=False, pick="last")
    seq("nobias-both", "no bias at all", head_bias=False, bias=False, pick="last")
    seq("unbatched", "x of (time, features) without batch", layout="TF", batch_first=False, dynamic="t")
    seq("unbatched-static", "x of (time, features), fixed length", layout="TF", batch_first=False, dynamic="")
    seq("univariate", "x of (batch, time), unsqueezed inside", layout="BT", twist="univariate", f=1)
    seq("univariate-last", "x of (batch, time), last step", layout="BT", twist="univariate", f=1, pick="last")
    seq("stacked-20-8", "two nn.LSTM of 20 and 8 units", h=20, two=8)
    seq("stacked-20-8-last", "two nn.LSTM of 20 and 8 units, dropout between, last step", h=20, two=8, pick="last")
    seq("last-keepdim", "out[:, -1:, :]", pick="last3")
    seq("hn-squeeze", "hn.squeeze(0)", pick="hn-squeeze")
    seq("learned-state", "initial state is a learned parameter", twist="learned")
    seq("learned-state-l2", "initial state is a learned parameter, 2 layers", twist="learned", layers=2, pick="last")
    seq("zeros-inside", "torch.zeros(layers, x.size(0), hidden) inside", twist="zeros", layers=2, pick="last")
    seq("linear2", "two Linear in a row, no activation", twist="linear2", o=2)
    seq("linear2-dropout", "Linear, Dropout, Linear (eval)", twist="dropout", pick="last")
    seq("flatten-head", "head on out.reshape(-1, hidden), then view back", twist="flatten")
    seq("inner-transpose", "x.transpose(0, 1) inside around a time-first LSTM", twist="inner-transpose", batch_first=False, layout="BTF")
    seq("squeeze-y", "y.squeeze(-1) at the end", twist="squeeze", pick="last")
    seq("permute-x", "x[..., [2, 0, 1]] before the LSTM", twist="permute")
    seq("heads", "two heads (mean, log-variance) joined by cat", twist="heads", o=1)
    seq("rescale-y", "y * 2.5 + 0.75 after the head", twist="rescale", pick="last")
    seq("f64", "float64 model", dtype="double", pick="last")
    seq("f16", "float16 model (golden: float64 from the float16 weights)", dtype="half", pick="last", tolerance=1e-2)
    seq("T1", "fixed length 1 sequence", steps=1, dynamic="")
    seq("relu", "Relu between two Linear", "refuse", twist="relu")
    seq("norm", "LayerNorm before the head", "refuse", twist="norm")
    seq("tanh", "tanh on the head", "refuse", twist="tanh")
    seq("sigmoid", "sigmoid on the head", "refuse", twist="sigmoid", pick="last")
    seq("residual", "y = linear(h) + x", "refuse", twist="residual", o=3)
    seq("residual-last", "y = linear(h) + x at the last step", "refuse", twist="residual", o=3, pick="last")
    seq("standardise", "(x - mean) / std in the graph", "refuse", twist="standardise")
    seq("bidirectional", "bidirectional", "refuse", bidirectional=True)
    seq("gru", "GRU", "refuse", kind=nn.GRU)
    if e == "dynamo":  # each exporter itself refuses the other case
        seq("proj", "proj_size", "refuse", proj_size=4)
    else:
        seq("rnn", "RNN tanh", "refuse", kind=nn.RNN)
    seq("first", "head on the first step", "refuse", pick="first")
    seq("flip", "x flipped in time", "refuse", twist="flip")


def torch_external(name, exporter, opset):
    """Weights in a second file."""
    folder = start(name)
    model = Seq(h=6, pick="last").eval()
    gx = inputs(3)
    x = torch.tensor(gx[:2]).float()
    dynamic = {"x": {0: "batch", 1: "time"}}
    export(model, (x,), folder, exporter, opset, ["x"], dynamic, **(dict(external_data=True) if exporter == "dynamo" else {}))
    path = os.path.join(folder, "model.onnx")
    if exporter == "legacy":
        onnx.save(onnx.load(path), path, save_as_external_data=True, location="model.onnx.data", size_threshold=0)
    gy = sequence_golden(model, gx, "BTF", "last")
    diff = checked(folder, gx, gy, "BTF", "last")
    finish(folder, "refuse", "external data (the newer exporter's default); the golden is here for a reader that takes it",
           "torch " + torch.__version__ + " " + exporter, opset, gx, gy, ort_diff=diff)


def torch_packed(name, exporter, opset):
    """Packed sequences: the lengths are a graph input."""
    folder = start(name)
    export(Packed().eval(), (torch.randn(2, 5, 3), torch.tensor([5, 3])), folder, exporter, opset, ["x", "lengths"], {"x": {0: "batch", 1: "time"}})
    finish(folder, "refuse", "pack_padded_sequence: lengths are an input", "torch " + torch.__version__ + " " + exporter, opset)


# ---------------------------------------------------------------- ONNX by hand

def sigmoid(v):
    return 1 / (1 + np.exp(-v))


def lstm(x, w, r, b, order="ifgo", h=0, c=0):
    """h for every step of (time, features) in float64; w is (4 units, features), its four blocks in the given order."""
    out, n = [], w.shape[0] // 4
    h, c = np.zeros(n) + h, np.zeros(n) + c
    for row in x:
        z = dict(zip(order, np.split(w.astype(float) @ row + r.astype(float) @ h + b, 4)))
        c = sigmoid(z["f"]) * c + sigmoid(z["i"]) * np.tanh(z["g"])
        h = sigmoid(z["o"]) * np.tanh(c)
        out.append(h)
    return np.array(out)


def node(op, ins, outs, **attrs):
    return helper.make_node(op, ins, outs, name=outs[0] + "_" + op, **attrs)


def f32(*shape):
    return (np.random.randn(*shape) * 0.4).astype(np.float32)


def write(folder, nodes, inits, ins, outs, opset, functions=(), domains=(), ir=8, check=True):
    """Writes model.onnx; ins and outs are {name: shape}, inits {name: array}."""
    def infos(shapes):
        return [helper.make_tensor_value_info(n, TensorProto.FLOAT if n != "lens" else TensorProto.INT32, s) for n, s in shapes.items()]
    graph = helper.make_graph(nodes, "main", infos(ins), infos(outs), [numpy_helper.from_array(a, n) for n, a in inits.items()])
    opsets = [helper.make_opsetid("", opset)] + [helper.make_opsetid(d, 1) for d in domains]
    model = helper.make_model(graph, opset_imports=opsets, functions=list(functions), producer_name="hand", ir_version=max(ir, 10 if opset > 20 else ir))
    if check:
        model = onnx.shape_inference.infer_shapes(model)
        del model.graph.value_info[:]
        for out in model.graph.output:  # where the shape can't be inferred, as after a Reshape to a computed shape
            if not out.type.tensor_type.HasField("shape"):
                out.CopyFrom(helper.make_tensor_value_info(out.name, TensorProto.FLOAT, ["d0", "d1", "d2"]))
        onnx.checker.check_model(model)
    onnx.save(model, os.path.join(folder, "model.onnx"))


def axes(op, data, out, ax, opset, inits):
    """Squeeze or Unsqueeze, its axes an attribute before opset 13."""
    if opset < 13:
        return node(op, [data], [out], axes=ax)
    inits[out + "_axes"] = np.array(ax, np.int64)
    return node(op, [data, out + "_axes"], [out])


def hand(name, expect="load", feature="", opset=17, attrs=None, head="matmul", form="all", layout=0, state="", peephole=None, lens=None,
         directions=1, bias=True, steps=None, f=3, h=6, o=2):
    """One LSTM node and a head. form: all, last (by Y_h) or step; state: h, c, hc initializers; lens: sequence_lens."""
    folder = start(name)
    w, r, b = f32(directions, 4 * h, f), f32(directions, 4 * h, h), f32(directions, 8 * h)
    inits = dict(W=w, R=r, **({"B": b} if bias else {}))
    hidden = {n: f32(1, 1, h) for n in state}
    inits.update({n + "0": a for n, a in hidden.items()})
    if peephole is not None:
        inits["P"] = np.full((1, 3 * h), peephole, np.float32)
    if isinstance(lens, list):
        inits["lens"] = np.array(lens, np.int32)
    t, batch = (1, 1) if form == "step" else (steps or "time", 1 if state or lens or steps else "batch")
    shape = [batch, t, f] if layout else [t, batch, f]
    ins = {"x": shape}
    if form == "step":
        ins |= {"h0": [1, 1, h], "c0": [1, 1, h]}
    if lens == "input":
        ins["lens"] = [batch]
    start_h, start_c = ["h0" if form == "step" or "h" in state else "", "c0" if form == "step" or "c" in state else ""]
    names = ["x", "W", "R", "B" if bias else "", "lens" if lens else "", start_h, start_c, "P" if peephole is not None else ""]
    while not names[-1]:
        names.pop()
    nodes = [node("LSTM", names, ["Y", "Y_h", "Y_c"], hidden_size=h, **({"layout": 1} if layout else {}), **(attrs or {}))]
    wy, by = f32(h * directions, o), f32(o)
    scale = 1.0, 1.0
    if head == "none":
        outs = {"Y": ["batch", "time", 1, h] if layout else [t, 1, batch, h], "Y_h": None, "Y_c": None}
    else:
        if form == "last":
            nodes.append(axes("Squeeze", "Y_h", "s", [1] if layout else [0], opset, inits))
        elif directions == 2:
            nodes.append(node("Transpose", ["Y"], ["yt"], perm=[0, 2, 1, 3]))
            inits["to3"] = np.array([0, 0, 2 * h], np.int64)
            nodes.append(node("Reshape", ["yt", "to3"], ["s"]))
        elif head.startswith("gemm"):
            nodes.append(axes("Squeeze", "Y", "s", [0, 1], opset, inits))
        else:
            nodes.append(axes("Squeeze", "Y", "s", [2] if layout else [1], opset, inits))
        if head.startswith("gemm"):
            at = dict(transB=1) if head != "gemm-0" else {}
            if head == "gemm-alpha":
                scale = 2.0, 0.5
                at |= dict(alpha=2.0, beta=0.5)
            inits |= {"Wy": wy.T.copy() if at else wy} | ({"By": by} if head != "gemm-nobias" else {})
            nodes.append(node("Gemm", ["s", "Wy"] + (["By"] if head != "gemm-nobias" else []), ["y"], **at))
        else:
            if head == "transpose":
                inits["Wy0"] = wy.T.copy()
                nodes.append(node("Transpose", ["Wy0"], ["Wy"], perm=[1, 0]))
            elif head == "constant":
                nodes.insert(0, node("Constant", [], ["Wy"], value=numpy_helper.from_array(wy, "v")))
            else:
                inits["Wy"] = wy
            inits["By"] = by
            nodes.append(node("MatMul", ["s", "Wy"], ["y" if head == "matmul-only" else "m"]))
            if head == "matmul-only":
                del inits["By"]
            elif head == "sub":
                nodes.append(node("Sub", ["m", "By"], ["y"]))
            else:
                nodes.append(node("Add", ["By", "m"] if head == "swapped" else ["m", "By"], ["y"]))
        outs = {"y": None}
    if form == "step":
        outs |= {"Y_h": None, "Y_c": None}
    write(folder, nodes, inits, ins, outs, opset)
    gx, gy, more = inputs(f, steps or STEPS), None, {}
    if expect == "load":
        bias_sum = b[0, :4 * h].astype(float) + b[0, 4 * h:] if bias else 0
        s0 = {n: a.reshape(-1).astype(float) for n, a in hidden.items()}
        hs = np.array([lstm(rows, w[0], r[0], bias_sum, "iofg", s0.get("h", 0), s0.get("c", 0)) for rows in gx])
        add = 0 if head in ("matmul-only", "gemm-nobias") else -by.astype(float) if head == "sub" else by.astype(float)
        gy = hs if head == "none" else scale[0] * (hs @ wy.astype(float)) + scale[1] * add
        try:
            more["ort_diff"] = checked(folder, gx, gy, "BTF" if layout else "TBF", form, bool(steps))
        except Exception as e:
            if not layout:
                raise
            more["ort"] = str(e)[-120:]
    finish(folder, expect, feature, "onnx.helper", opset, gx, gy, form=form, layout="BTF" if layout else "TBF", **more)


def tf2onnx_style(name, opset, sequences, zeros, last="slice", tensordot=False, two=False):
    """The graph that tf2onnx writes for a Keras LSTM and Dense: time-major inside, zero states made from the batch size."""
    folder = start(name)
    f, o, widths = 3, 1, [8, 5] if two else [8]
    inits, nodes, gx = {}, [], inputs(f)
    inits |= {"b_start": np.array([0], np.int64), "b_end": np.array([1], np.int64), "b_ax": np.array([0], np.int64)}
    pre = "StatefulPartitionedCall/sequential/"

    def put(op, ins, out, **at):
        nodes.append(node(op, ins, [out], **at))
        return out

    x, feat, hs = "lstm_input", f, gx
    for k, n in enumerate(widths):
        p = f"{pre}lstm{'_' + str(k) if k else ''}/"
        w, r, b = f32(1, 4 * n, feat), f32(1, 4 * n, n), np.concatenate([f32(1, 4 * n), np.zeros((1, 4 * n), np.float32)], 1)
        inits |= {p + "W": w, p + "R": r, p + "B": b, p + "units": np.array([n], np.int64), p + "zero": np.array(0, np.float32)}
        hs = np.array([lstm(rows, w[0], r[0], b[0, :4 * n].astype(float), "iofg") for rows in hs])
        if zeros == "none":
            states = ["", ""]
        else:
            shape = put("Shape", [x], p + "Shape:0")
            if zeros == "expand":
                shape = put("Cast", [shape], p + "Shape__cast:0", to=TensorProto.INT32)
                put("Slice", [shape, "b_start", "b_end", "b_ax"], p + "strided_slice__16:0") if opset >= 10 else \
                    nodes.append(node("Slice", [shape], [p + "strided_slice__16:0"], starts=[0], ends=[1], axes=[0]))
                nodes.append(axes("Squeeze", p + "strided_slice__16:0", p + "strided_slice:0", [0], opset, inits))
                nodes.append(axes("Unsqueeze", p + "strided_slice:0", p + "zeros/packed_Unsqueeze__18:0", [0], opset, inits))
                inits[p + "units"] = np.array([n], np.int32)
                cat = put("Concat", [p + "zeros/packed_Unsqueeze__18:0", p + "units"], p + "zeros/packed_Concat__20:0", axis=0)
                cat = put("Cast", [cat], p + "zeros__21:0", to=TensorProto.INT64)
                state = put("Expand", [p + "zero", cat], p + "zeros:0")
            else:
                put("Slice", [shape, "b_start", "b_end", "b_ax"], p + "strided_slice:0") if opset >= 10 else \
                    nodes.append(node("Slice", [shape], [p + "strided_slice:0"], starts=[0], ends=[1], axes=[0]))
                cat = put("Concat", [p + "strided_slice:0", p + "units"], p + "zeros/packed:0", axis=0)
                state = put("ConstantOfShape", [cat], p + "zeros:0", value=numpy_helper.from_array(np.zeros(1, np.float32)))
            for i in (0, 1):
                nodes.append(axes("Unsqueeze", state, p + f"Unsqueeze__{30 + i}:0", [0], opset, inits))
            states = [p + "Unsqueeze__30:0", p + "Unsqueeze__31:0"]
        xt = put("Transpose", [x], p + "transpose:0", perm=[1, 0, 2])
        ins = [xt, p + "W", p + "R", p + "B", "", *states]
        while not ins[-1]:
            ins.pop()
        nodes.append(helper.make_node("LSTM", ins, [p + "LSTM__27:0", p + "LSTM__27:1", p + "LSTM__27:2"], name=p + "LSTM__27",
                                      direction="forward", hidden_size=n))
        nodes.append(axes("Squeeze", p + "LSTM__27:0", p + "Squeeze__34:0", [1], opset, inits))
        x, feat = p + "Squeeze__34:0", n
        final = k == len(widths) - 1
        if sequences or not final:
            x = put("Transpose", [x], p + "transpose_1:0", perm=[1, 0, 2])
        elif last == "gather":
            inits["minus1"] = np.array(-1, np.int64)
            x = put("Gather", [x, "minus1"], p + "strided_slice_2:0", axis=0)
        elif last == "y_h":
            nodes.append(axes("Squeeze", p + "LSTM__27:1", p + "PartitionedCall:1", [0], opset, inits))
            x = p + "PartitionedCall:1"
        else:
            inits |= {"l_start": np.array([-1], np.int64), "l_end": np.array([2**31 - 1], np.int64)}
            put("Slice", [x, "l_start", "l_end", "b_ax"], p + "strided_slice_2__37:0") if opset >= 10 else \
                nodes.append(node("Slice", [x], [p + "strided_slice_2__37:0"], starts=[-1], ends=[2**31 - 1], axes=[0]))
            nodes.append(axes("Squeeze", p + "strided_slice_2__37:0", p + "strided_slice_2:0", [0], opset, inits))
            x = p + "strided_slice_2:0"
    wy, by = f32(feat, o), f32(o)
    inits |= {"dense/W": wy, "dense/B": by}
    if tensordot:
        inits |= {"td/flat": np.array([-1, feat], np.int64), "td/01": np.array([0, 1], np.int64), "td/units": np.array([o], np.int64)}
        shape = put("Shape", [x], pre + "dense/Tensordot/Shape:0")
        free = put("Gather", [shape, "td/01"], pre + "dense/Tensordot/GatherV2:0", axis=0)
        flat = put("Reshape", [x, "td/flat"], pre + "dense/Tensordot/Reshape:0")
        m = put("MatMul", [flat, "dense/W"], pre + "dense/Tensordot/MatMul:0")
        back = put("Concat", [free, "td/units"], pre + "dense/Tensordot/concat_1:0", axis=0)
        m = put("Reshape", [m, back], pre + "dense/Tensordot:0")
    else:
        m = put("MatMul", [x, "dense/W"], pre + "dense/MatMul:0")
    biased = put("Add", [m, "dense/B"], pre + "dense/BiasAdd:0")
    put("Identity", [biased], "dense")
    write(folder, nodes, inits, {"lstm_input": ["unk__45", STEPS if last == "y_h" else "unk__46", f]}, {"dense": None}, opset)
    gy = hs @ wy.astype(float) + by.astype(float)
    emits = "all" if sequences else "last"
    diff = checked(folder, gx, gy, "BTF", emits, last == "y_h")
    finish(folder, "load", f"tf2onnx style, zero states by {zeros}" + ("" if sequences else f", last step by {last}") +
           (", Tensordot dense" if tensordot else ""), "imitated tf2onnx", opset, gx, gy, form="sequence", layout="BTF", emits=emits, ort_diff=diff)


def control(name, kind):
    """Graphs that no reader of plain LSTMs can accept: If, Loop, Scan, local functions, foreign domains, GRU."""
    folder = start(name)
    f, h, o = 3, 6, 1
    inits = dict(W=f32(1, 4 * h, f), R=f32(1, 4 * h, h), B=f32(1, 8 * h), Wy=f32(h, o), By=f32(o))
    core = [node("LSTM", ["x", "W", "R", "B"], ["Y", "Y_h", "Y_c"], hidden_size=h), axes("Squeeze", "Y", "s", [1], 17, inits)]
    tail = [node("MatMul", ["s", "Wy"], ["m"]), node("Add", ["m", "By"], ["y"])]
    more = {}
    if kind == "If":
        inits["yes"] = np.array(True)
        def branch(n, add):
            out = helper.make_tensor_value_info(n, TensorProto.FLOAT, None)
            return helper.make_graph([node("Add" if add else "Sub", ["m", "By"], [n])], n + "g", [], [out])
        tail = [tail[0], node("If", ["yes"], ["y"], then_branch=branch("t", True), else_branch=branch("e", False))]
    if kind in ("Loop", "Scan"):
        info = helper.make_tensor_value_info
        ins = [info("row", TensorProto.FLOAT, None)]
        outs = [info("row_y", TensorProto.FLOAT, None)]
        body = [node("MatMul", ["row", "Wy"], ["rm"]), node("Add", ["rm", "By"], ["row_y"])]
        if kind == "Scan":
            tail = [node("Scan", ["s"], ["y"], num_scan_inputs=1, body=helper.make_graph(body, "body", ins, outs))]
        else:
            ins = [info("i", TensorProto.INT64, []), info("go", TensorProto.BOOL, [])]
            outs = [info("go_on", TensorProto.BOOL, [])] + outs
            body = [node("Identity", ["go"], ["go_on"]), node("Gather", ["s", "i"], ["row"], axis=0)] + body
            inits |= {"trips": np.array(STEPS), "yes": np.array(True)}
            tail = [node("Loop", ["trips", "yes"], ["y"], body=helper.make_graph(body, "body", ins, outs))]
    if kind == "function":
        fn = helper.make_function("local", "Head", ["a", "b", "c"], ["d"], [node("MatMul", ["a", "b"], ["t"]), node("Add", ["t", "c"], ["d"])],
                                  [helper.make_opsetid("", 17)])
        tail = [helper.make_node("Head", ["s", "Wy", "By"], ["y"], domain="local")]
        more = dict(functions=[fn], domains=["local"])
    if kind == "microsoft":
        tail = [helper.make_node("FusedMatMul", ["s", "Wy"], ["m"], domain="com.microsoft", alpha=1.0), tail[1]]
        more = dict(domains=["com.microsoft"], check=False)
    write(folder, core + tail, inits, {"x": ["time", "batch", f]}, {"y": None}, 17, **more)
    finish(folder, "refuse", kind, "onnx.helper", 17)


def derived(name, kind):
    """Files that people derive from an export: saved by onnxruntime's optimizer, quantized, converted to float16."""
    folder = start(name)
    path, base = os.path.join(folder, "model.onnx"), os.path.join(folder, "base.onnx")
    model = Seq(pick="last", layers=2).eval()
    export(model, (torch.randn(2, 5, 3),), folder, "legacy", 17, ["x"], {"x": {0: "batch", 1: "time"}})
    os.rename(path, base)
    if kind.startswith("ort"):
        options = ort.SessionOptions()
        options.optimized_model_filepath = path
        level = ort.GraphOptimizationLevel
        options.graph_optimization_level = level.ORT_ENABLE_BASIC if kind == "ort-basic" else level.ORT_ENABLE_EXTENDED
        ort.InferenceSession(base, options, providers=["CPUExecutionProvider"])
    elif kind == "quantized":
        from onnxruntime.quantization import quantize_dynamic
        quantize_dynamic(base, path)
    else:
        from onnxruntime.transformers.float16 import convert_float_to_float16
        onnx.save(convert_float_to_float16(onnx.load(base), keep_io_types=True), path)
        model = model.half()
    os.remove(base)
    gx = inputs(3)
    gy = None if kind == "quantized" else sequence_golden(model, gx, "BTF", "last")
    more = {}
    if kind.startswith("ort"):
        more["ort_diff"] = checked(folder, gx, gy, "BTF", "last")
    finish(folder, "refuse" if kind == "quantized" else "load", "derived: " + kind, "torch legacy, then onnxruntime", 17, gx, gy, **more)


def handmade():
    """ONNX written node by node: attributes and glue that exporters of other frameworks use."""
    def load(suffix, feature, **kw):
        attempt(hand, "hand-" + suffix, "load", feature, **kw)

    def refuse(suffix, feature, **kw):
        attempt(hand, "hand-" + suffix, "refuse", feature, **kw)

    load("plain", "LSTM, Squeeze, MatMul, Add")
    load("step", "one step", form="step")
    load("bare", "no head: Y, Y_h, Y_c out; y = h", head="none")
    load("bare-step", "no head, one step", head="none", form="step")
    load("last", "head on Y_h", form="last")
    load("nobias", "no B", bias=False)
    load("activations-default", "activations given, but the default", attrs=dict(activations=["Sigmoid", "Tanh", "Tanh"], direction="forward", input_forget=0))
    load("peephole-zero", "peepholes all zero", peephole=0.0)
    refuse("peephole", "peepholes", peephole=0.1)
    for n in (7, 8, 12, 15, 19, 22, 24):
        load(f"opset{n}", f"opset {n}", opset=n)
    refuse("opset6", "opset 6", opset=6)
    refuse("reverse", "direction reverse", attrs=dict(direction="reverse"))
    refuse("bidirectional", "direction bidirectional", attrs=dict(direction="bidirectional"), directions=2)
    refuse("clip", "clip", attrs=dict(clip=0.5))
    refuse("input-forget", "input_forget", attrs=dict(input_forget=1))
    refuse("hardsigmoid", "activations HardSigmoid", attrs=dict(activations=["HardSigmoid", "Tanh", "Tanh"], activation_alpha=[0.2], activation_beta=[0.5]))
    refuse("affine", "activations Affine", attrs=dict(activations=["Sigmoid", "Affine", "Tanh"], activation_alpha=[1.0], activation_beta=[0.0]))
    refuse("relu", "activations Relu", attrs=dict(activations=["Sigmoid", "Relu", "Relu"]))
    load("layout1", "layout=1, sequence", layout=1)
    load("layout1-last", "layout=1, head on Y_h", layout=1, form="last")
    load("layout1-step", "layout=1, one step", layout=1, form="step")
    load("lens-full", "sequence_lens a constant equal to the length", lens=[STEPS], steps=STEPS)
    refuse("lens-short", "sequence_lens a constant below the length", lens=[STEPS - 3], steps=STEPS)
    refuse("lens-input", "sequence_lens a graph input", lens="input")
    load("state-hc", "initial_h and initial_c are initializers", state="hc")
    load("state-h", "only initial_h given", state="h")
    load("state-c", "only initial_c given", state="c")
    load("gemm-0", "Gemm head, transB=0", head="gemm-0", form="last")
    load("gemm-1", "Gemm head, transB=1", head="gemm-1", form="last")
    load("gemm-alpha", "Gemm head, alpha 2 and beta 0.5", head="gemm-alpha", form="last")
    load("gemm-nobias", "Gemm head without C", head="gemm-nobias", form="last")
    load("gemm-step", "Gemm head, one step", head="gemm-1", form="step")
    load("swapped", "Add(bias, MatMul)", head="swapped")
    load("matmul-only", "head without bias", head="matmul-only")
    load("head-transpose", "head weights by a Transpose of an initializer", head="transpose")
    load("head-constant", "head weights by a Constant node", head="constant")
    load("head-sub", "Sub(MatMul, bias)", head="sub")
    for n in (9, 11, 13, 15):
        for seq in (True, False):
            s = "seq" if seq else "last"
            attempt(tf2onnx_style, f"tf2onnx-op{n}-{s}-expand", n, seq, "expand")
            attempt(tf2onnx_style, f"tf2onnx-op{n}-{s}-fill", n, seq, "fill")
    attempt(tf2onnx_style, "tf2onnx-op13-none-gather", 13, False, "none", "gather")
    attempt(tf2onnx_style, "tf2onnx-op13-yh", 13, False, "expand", "y_h")
    attempt(tf2onnx_style, "tf2onnx-op13-tensordot", 13, True, "expand", tensordot=True)
    attempt(tf2onnx_style, "tf2onnx-op13-two", 13, False, "expand", two=True)
    attempt(tf2onnx_style, "tf2onnx-op13-two-seq", 13, True, "fill", two=True)
    for kind in ("If", "Loop", "Scan", "function", "microsoft"):
        attempt(control, "hand-" + kind.lower(), kind)
    for kind in ("ort-basic", "ort-extended", "quantized", "float16"):
        attempt(derived, "derived-" + kind, kind)


if __name__ == "__main__":
    beside = [d for d in os.listdir(HERE) if os.path.exists(os.path.join(HERE, d, "meta.json"))]
    ONLY += sys.argv[1:] or beside
    for group in (legacy, dynamo, handmade):
        group()
    print("failed:", FAILED)
