#!/usr/bin/env python3
"""The benchmark's jobs in PyTorch: the same network in channels-last, a DataLoader with a worker, fused Adam."""

import time

import common
import numpy
import torch
from PIL import Image
from torch import nn


class Pictures(torch.utils.data.Dataset):
    def __init__(self, rows):
        self.rows = rows

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        path, label = self.rows[index]
        with Image.open(path) as image:
            image.draft("RGB", (common.SIZE, common.SIZE))
            rgb = image.convert("RGB").resize((common.SIZE, common.SIZE), Image.Resampling.BILINEAR)
        return torch.from_numpy(numpy.asarray(rgb).copy()), label


def pictures(rows):
    return torch.utils.data.DataLoader(Pictures(rows), batch_size=common.BATCH, num_workers=1, prefetch_factor=2)


class Vgg16(nn.Module):
    def __init__(self, given, trained_blocks):
        super().__init__()
        tensors = common.read_safetensors(given.weights)
        self.register_buffer("mean", torch.tensor(common.MEAN).view(1, 3, 1, 1))
        frozen, trained = [], []
        channels = 3
        for number, block in enumerate(common.BLOCKS, 1):
            layers = trained if trained or number in trained_blocks else frozen
            for index, outputs in enumerate(block, 1):
                layer = nn.Conv2d(channels, outputs, 3, padding=1)
                with torch.no_grad():
                    layer.weight.copy_(torch.from_numpy(tensors[f"block{number}_conv{index}.weight"]))
                    layer.bias.copy_(torch.from_numpy(tensors[f"block{number}_conv{index}.bias"]))
                layers += [layer, nn.ReLU(inplace=True)]
                channels = outputs
            layers.append(nn.MaxPool2d(2))
        self.frozen = nn.Sequential(*frozen).requires_grad_(False)
        self.trained = nn.Sequential(*trained)
        self.head = nn.Sequential(
            nn.Flatten(),
            nn.Linear(512 * 7 * 7, common.HIDDEN),
            nn.ReLU(inplace=True),
            nn.Dropout(common.DROPOUT),
            nn.Linear(common.HIDDEN, given.pictures["classes"]),
        )
        self.to(memory_format=torch.channels_last)

    def forward(self, rgb):
        x = rgb.permute(0, 3, 1, 2).float().flip(1) - self.mean
        with torch.no_grad():
            x = self.frozen(x.contiguous(memory_format=torch.channels_last))
        return self.head(self.trained(x))


def train(given, work):
    model = Vgg16(given, common.TRAINED_BLOCKS[work])
    groups = [{"params": list(model.head.parameters()), "lr": common.HEAD_RATE}]
    if trained := list(model.trained.parameters()):
        groups.append({"params": trained, "lr": common.BLOCK_RATE})
    optimizer = torch.optim.Adam(groups, eps=1e-7, fused=True)
    loss_of = nn.CrossEntropyLoss(weight=torch.ones(given.pictures["classes"]))
    ends = []
    for rgb, labels in pictures(common.rows_for(given, "train", common.WARM_UP + given.steps)):
        optimizer.zero_grad()
        logits = model(rgb)
        loss = loss_of(logits, labels)
        loss.backward()
        optimizer.step()
        loss.item()
        (logits.argmax(1) == labels).sum().item()
        ends.append(time.perf_counter())
    return rates_of(ends)


def rates_of(ends):
    pairs = list(zip(ends, ends[1:]))[common.WARM_UP - 1 :]
    return [common.BATCH / (end - start) for start, end in pairs]


@torch.inference_mode()
def forward(given):
    model = Vgg16(given, []).eval()
    ends = []
    for rgb, labels in pictures(common.rows_for(given, "validation", common.WARM_UP + given.steps)):
        (model(rgb).argmax(1) == labels).sum().item()
        ends.append(time.perf_counter())
    return rates_of(ends)


@torch.inference_mode()
def predict(given):
    model = Vgg16(given, []).eval()
    rows = common.rows_for(given, "train", given.steps)
    for rgb, _ in pictures(rows[: common.BATCH]):
        model(rgb)
    rates = []
    for _ in range(given.repeats):
        start = time.perf_counter()
        for rgb, _ in pictures(rows):
            model(rgb).softmax(1).tolist()
        rates.append(len(rows) / (time.perf_counter() - start))
    return rates


def main():
    given = common.arguments(__doc__)
    torch.manual_seed(1)
    for work in given.work:
        kinds = {"forward": forward, "predict": predict}
        rates = kinds[work](given) if work in kinds else train(given, work)
        common.print_figure("pytorch", work, rates)


main()
