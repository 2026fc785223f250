"""What both peers share: the job they are given, VGG16's weights, and how a figure is printed."""

import argparse
import json
import statistics

import numpy

BATCH = 20
SIZE = 224
HIDDEN = 1024
DROPOUT = 0.5
HEAD_RATE = 1e-4
BLOCK_RATE = 1e-5
# Steps that are run first and not timed: they make kernels, graphs and buffers.
WARM_UP = 2

# Channels of each convolution; a pooling layer ends each block.
BLOCKS = [[64, 64], [128, 128], [256, 256, 256], [512, 512, 512], [512, 512, 512]]
# BGR, of ImageNet.
MEAN = [103.939, 116.779, 123.68]

WORKS = ["frozen", "blocks45", "all", "predict", "forward"]
TRAINED_BLOCKS = {"frozen": [], "blocks45": [4, 5], "all": [1, 2, 3, 4, 5]}


def arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--list", required=True, help="which pictures: a file that bench_training wrote")
    parser.add_argument("--weights", required=True, help="VGG16's trunk as safetensors")
    parser.add_argument("--work", required=True, action="append", choices=WORKS)
    parser.add_argument("--steps", type=int, default=10, help="timed steps")
    parser.add_argument("--repeats", type=int, default=3, help="times that the folder is predicted")
    given = parser.parse_args()
    with open(given.list, encoding="utf-8") as file:
        given.pictures = json.load(file)
    return given


def rows_for(given, split, steps):
    """Path and label of enough pictures for so many steps; from the beginning again where there are too few."""
    rows = given.pictures[split]
    wanted = steps * BATCH
    return (rows * (wanted // len(rows) + 1))[:wanted]


def read_safetensors(path):
    """Name -> float32 array. https://github.com/huggingface/safetensors says how such a file is laid out."""
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = file.read()
    kinds = {"F16": numpy.float16, "F32": numpy.float32}
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            start, end = entry["data_offsets"]
            values = numpy.frombuffer(data[start:end], dtype=kinds[entry["dtype"]])
            tensors[name] = values.astype(numpy.float32).reshape(entry["shape"])
    return tensors


def print_figure(who, work, rates):
    rates = list(rates)
    print(
        json.dumps(
            {"who": who, "work": work, "unit": "pictures/s", "value": statistics.median(rates), "samples": rates}
        ),
        flush=True,
    )
