"""Write one model, two LSTM layers of 12 units and a linear layer of 2 outputs, in every supported format.

Run it from its own folder, with torch, onnx, safetensors and keras (torch as its backend) installed.
PyTorch has two biases per gate, Keras one: it gets their sum in float32, which is what both compute with.
"""
import os

os.environ["KERAS_BACKEND"] = "torch"

import keras
import onnx
import torch
from safetensors.torch import save_file

torch.manual_seed(20241126)


class Forecaster(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = torch.nn.LSTM(3, 12, num_layers=2, batch_first=True)
        self.head = torch.nn.Linear(12, 2)

    def forward(self, x, h0=None, c0=None):
        if h0 is None:
            return self.head(self.lstm(x)[0])
        out, (hn, cn) = self.lstm(x, (h0, c0))
        return self.head(out), hn, cn


model = Forecaster().eval()
weights = {name: tensor.contiguous() for name, tensor in model.state_dict().items()}
save_file(weights, "model.safetensors")
save_file({name: tensor.double() for name, tensor in weights.items()}, "float64.safetensors")

state = torch.zeros(2, 1, 12)
names = dict(input_names=["x", "h0", "c0"], output_names=["y", "hn", "cn"])
torch.onnx.export(model, (torch.zeros(1, 1, 3), state, state), "step.onnx", dynamo=False, **names)
torch.onnx.export(model, (torch.zeros(1, 9, 3),), "sequence.onnx", dynamo=True, external_data=False, verbose=False)

# The exporter adds stack traces with local paths to each node.
exported = onnx.load("sequence.onnx")
for part in [*exported.graph.node, exported.graph]:
    del part.metadata_props[:]
onnx.save(exported, "sequence.onnx")

layers = [keras.layers.Input((None, 3))]
layers += [keras.layers.LSTM(12, return_sequences=True) for _ in range(2)] + [keras.layers.Dense(2)]
twin = keras.Sequential(layers)
arrays = []
for layer in range(2):
    arrays.append(weights[f"lstm.weight_ih_l{layer}"].numpy().T)
    arrays.append(weights[f"lstm.weight_hh_l{layer}"].numpy().T)
    arrays.append((weights[f"lstm.bias_ih_l{layer}"] + weights[f"lstm.bias_hh_l{layer}"]).numpy())
arrays += [weights["head.weight"].numpy().T, weights["head.bias"].numpy()]
twin.set_weights(arrays)
twin.save("model.keras")
twin.save("model.h5")
