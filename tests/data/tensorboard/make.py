#!/usr/bin/env python3
"""Writes the event files beside this script with TensorBoard's own classes (pip install tensorboard), and reads them,
or those of another folder, back: make.py [FOLDER]. The figures are those of tst_run_metrics.cpp."""

import shutil
import sys
from pathlib import Path

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter

STARTED = 1_767_225_600
# Of an epoch: number, seconds, then accuracy and loss of each split.
EPOCHS = [
    (1, 2.5, {"train": (0.5, 1.25), "validation": (0.625, 0.75)}),
    (2, 2.5, {"train": (0.875, 0.5)}),
    (300, 4.0, {"train": (0.99, 0.1), "validation": (0.93, 0.3)}),
]


def write(folder):
    for split in ("train", "validation"):
        shutil.rmtree(folder / split, ignore_errors=True)
        (folder / split).mkdir(parents=True)
        with open(folder / split / f"events.out.tfevents.{STARTED}.vernier", "wb") as file:
            records = RecordWriter(file)
            records.write(Event(wall_time=STARTED, file_version="brain.Event:2").SerializeToString())
            time = STARTED
            for number, seconds, splits in EPOCHS:
                time += seconds
                for tag, value in zip(("epoch_accuracy", "epoch_loss"), splits.get(split, ())):
                    summary = Summary(value=[Summary.Value(tag=tag, simple_value=value)])
                    records.write(Event(wall_time=time, step=number, summary=summary).SerializeToString())
            records.flush()


def show(folder):
    for split in ("train", "validation"):
        events = EventAccumulator(str(folder / split))
        events.Reload()
        for tag in events.Tags()["scalars"]:
            for scalar in events.Scalars(tag):
                print(split, tag, scalar.step, scalar.wall_time, scalar.value)


if len(sys.argv) > 1:
    show(Path(sys.argv[1]))
else:
    here = Path(__file__).resolve().parent
    write(here)
    show(here)
