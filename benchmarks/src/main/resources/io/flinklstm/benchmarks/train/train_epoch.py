"""Measures PyTorch's CPU time per epoch on one thread.

    train_epoch.py rows steps inputs outputs hidden batch window|carry warm_up measured

window: batches of independent windows, with a loss on the last step. carry: parallel streams, chunk by chunk, with
the state carried over and a loss at every step. Adam, gradients clipped to norm 1, random numbers.
"""
import sys
import time

import torch

samples, steps, inputs, outputs, hidden, batch = map(int, sys.argv[1:7])
carry = sys.argv[7] == "carry"
warm_up, measured = map(int, sys.argv[8:10])
torch.set_num_threads(1)
torch.manual_seed(1)

lstm = torch.nn.LSTM(inputs, hidden, batch_first=True)
head = torch.nn.Linear(hidden, outputs)
parameters = list(lstm.parameters()) + list(head.parameters())
adam = torch.optim.Adam(parameters, lr=1e-3)
mse = torch.nn.MSELoss()


def learn(predicted, target):
    loss = mse(predicted, target)
    adam.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(parameters, 1.0)
    adam.step()


def window_epoch(x, y):
    order = torch.randperm(samples)
    for begin in range(0, samples, batch):
        rows = order[begin:begin + batch]
        learn(head(lstm(x[rows])[0][:, -1]), y[rows])


def carried_epoch(x, y):
    state = None
    for begin in range(0, x.shape[1], steps):
        h, state = lstm(x[:, begin:begin + steps], state)
        state = tuple(s.detach() for s in state)
        learn(head(h), y[:, begin:begin + steps])


if carry:
    length = samples // batch
    x, y, epoch = torch.randn(batch, length, inputs), torch.randn(batch, length, outputs), carried_epoch
else:
    x, y, epoch = torch.randn(samples, steps, inputs), torch.randn(samples, outputs), window_epoch

for k in range(warm_up + measured):
    if k == warm_up:
        begin = time.process_time()
    epoch(x, y)
print("cpu seconds per epoch:", (time.process_time() - begin) / measured)
