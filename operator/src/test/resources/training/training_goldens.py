"""Write the training goldens: gradients and optimiser steps of PyTorch, one safetensors file per model.

Run it from its own folder, with the folder of PyTorch's results as argument:  python3 training_goldens.py RESULTS

RESULTS/<model>/ holds the results of torch.nn.LSTM and torch.nn.Linear in float32 (f32) and float64 (f64), from the
weights in init.safetensors, the inputs in x.npy (batch, 30, input) and target.npy (batch, 1), and a zero initial state:
  grad_last   gradients of mean((y - target)^2) over batch and outputs, y after the last step
  grad_all    gradients of mean((y_t - sin(0.3 t))^2) over batch, steps and outputs, t from 0;
              with dx, dh0, dc0: those with respect to the inputs and the initial state
  adam_traj   parameters after 1, 2, 5, 10, 20 steps of Adam on the loss of grad_last,
              lr 1e-3, betas 0.9 and 0.999, eps 1e-8; losses before each of the steps and after the last
  adamw_clip  parameters after 20 steps of AdamW, lr 1e-2, weight decay 0.01 on all parameters, after
              clip_grad_norm_ to 0.05; losses and norms before each of the steps
Everything except adam_traj's float64 parameters goes to <model>/golden.safetensors, as f32/grad_last/lstm.weight_ih_l0
etc.
"""
import json
import pathlib
import sys

import numpy as np
from safetensors.numpy import load_file, save_file


def main(results):
    for folder in sorted(path for path in results.iterdir() if path.is_dir()):
        tensors = {"x": np.load(folder / "x.npy"), "target": np.load(folder / "target.npy")}
        for name, array in load_file(folder / "init.safetensors").items():
            tensors["init/" + name] = array
        for kind in ["grad_last", "grad_all", "adam_traj", "adamw_clip_final"]:
            for precision in ["f32"] if kind == "adam_traj" else ["f32", "f64"]:
                archive = np.load(folder / f"{kind}_{precision}.npz")
                for name in archive.files:
                    tensors[f"{precision}/{kind}/{name}"] = archive[name]
        for precision in ["f32", "f64"]:
            numbers = json.loads((folder / f"golden_{precision}.json").read_text())
            for name in ["losses", "loss_all_steps", "adamw_losses", "adamw_grad_norms"]:
                tensors[f"{precision}/{name}"] = np.atleast_1d(np.array(numbers[name], np.float64))
        target = pathlib.Path(folder.name)
        target.mkdir(exist_ok=True)
        save_file({name: np.ascontiguousarray(array) for name, array in tensors.items()}, target / "golden.safetensors")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
