#!/usr/bin/env python3
"""Runs Vernier's benchmark and its peers' by turns on the same pictures, and prints how they compare.

    side_by_side.py --programs DIR --weights FILE --out DIR [--venv DIR] [--data FOLDER] [--quick]

Leaves DIR/results.json with every sample, its median, and the table.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent

# A goal is how many times a peer's rate is to be reached, or seconds. `peer` is the peer's own work where it has no
# counterpart: a peer keeps no features, so for it a cached epoch is an epoch like any other.
ROWS = [
    {"title": "frozen trunk, first epoch (nothing cached)", "work": "frozen", "goal": {"keras": 1.9}},
    {"title": "frozen trunk, cached", "work": "frozen_cached", "peer": "frozen", "goal": {"keras": 40}},
    {"title": "fine-tuning blocks 4 and 5, nothing cached", "work": "blocks45", "goal": {"keras": 3, "pytorch": 2}},
    {
        "title": "fine-tuning blocks 4 and 5, cached below",
        "work": "blocks45_cached",
        "peer": "blocks45",
        "goal": {"keras": 5, "pytorch": 3.2},
    },
    {"title": "all blocks", "work": "all", "goal": {"pytorch": 1.9}},
    {"title": "predict a folder of JPEG files", "work": "predict", "goal": {"keras": 2}},
    {"title": "the tutorial's experiment (extrapolated)", "work": "tutorial", "goal": {"keras": 5}},
    {"title": "Train to first validated accuracy, cache warm", "work": "press_warm", "goal": {"seconds": 2}},
    {"title": "Train to first validated accuracy, cache cold", "work": "press_cold", "goal": {"seconds": 45}},
]
PEERS = ["keras", "pytorch"]
WHO = ["vernier", *PEERS]

# The tutorial's experiment: two phases (the head alone, then blocks 4 and 5 too) of 20 epochs, each of 100 batches of 20
# out of 4170 training pictures, and 530 pictures to validate on.
EPOCHS, PER_EPOCH, TRAINING_PICTURES, VALIDATION_PICTURES = 20, 2000, 4170, 530
PHASES = ["frozen", "blocks45"]
# Augmented views of a picture that Vernier keeps on a processor unless told otherwise; the peers draw each time anew.
VIEWS = 4


def peer_tutorial_seconds(rate):
    """What a peer needs, which computes everything in every epoch. Augmenting is not counted, in its favour."""
    return sum(EPOCHS * (PER_EPOCH / rate[phase] + VALIDATION_PICTURES / rate["forward"]) for phase in PHASES)


def vernier_tutorial_seconds(rate, besides, views):
    """What Vernier needs, whose training pictures cost the prefix once a view (views 0: every time) and a phase, and
    whose validation pictures cost it once a phase; `besides` is what an epoch takes outside its steps."""
    drawn = EPOCHS * PER_EPOCH
    first_time = min(drawn, TRAINING_PICTURES * views) if views else drawn
    seconds = 0
    for phase, forward in zip(PHASES, ["forward", "blocks45_forward"]):
        seconds += first_time / rate[phase] + (drawn - first_time) / rate[f"{phase}_cached"]
        seconds += VALIDATION_PICTURES / rate[forward]
        seconds += (EPOCHS - 1) * VALIDATION_PICTURES / rate[f"{forward}_cached"]
        seconds += EPOCHS * besides
    return seconds


class Figures:
    """Samples by who and work, over all rounds."""

    def __init__(self):
        self.samples = {who: {} for who in WHO}

    def add(self, line):
        self.samples[line["who"]].setdefault(line["work"], []).extend(line["samples"])

    def medians(self, who):
        return {work: statistics.median(samples) for work, samples in self.samples[who].items()}


def run(command, environment=None):
    """The figures that a program prints, one line of JSON each."""
    done = subprocess.run(
        [str(part) for part in command], stdout=subprocess.PIPE, text=True, env={**os.environ, **(environment or {})}
    )
    if done.returncode != 0:
        raise RuntimeError(f"{Path(command[0]).name} ended with {done.returncode}: {' '.join(map(str, command))}")
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def measure(given, pictures, listed):
    figures = Figures()
    rounds = 1 if given.quick else given.rounds
    steps = 3 if given.quick else given.steps
    # A peer without its row's goal is left out of the quick run.
    works = {"frozen": PEERS, "blocks45": PEERS, "all": ["pytorch"] if given.quick else PEERS, "predict": PEERS}
    environment = peers_environment(given.venv)
    started = time.monotonic()
    for turn in range(rounds):
        for work, peers in works.items():
            for who in ["vernier", *(peers if environment is not None else [])]:
                minutes = (time.monotonic() - started) / 60
                print(f"   {minutes:5.1f} min  round {turn + 1} of {rounds}: {work}, {who}", file=sys.stderr, flush=True)
                if who == "vernier":
                    command = [given.programs / "bench_training", pictures, "--work", work, "--steps", steps]
                    lines = run([*command, "--repeats", 1 if given.quick else 3])
                else:
                    command = [given.venv / "bin/python", HERE / "peers" / f"{who}_peer.py"]
                    command += ["--list", listed, "--weights", given.weights, "--work", work, "--steps", steps]
                    command += ["--repeats", 1]
                    lines = run([*command, *(["--work", "forward"] if work == "frozen" else [])], environment)
                for line in lines:
                    figures.add(line)
    return figures


def peers_environment(venv):
    """The variables that the peers run with, or nothing where they are not to be had."""
    if venv is None:
        return None
    return json.loads((venv / "environment.json").read_text())["variables"]


def add_tutorial(medians):
    vernier = medians["vernier"]
    besides = vernier["epoch_besides"]
    vernier["tutorial"] = vernier_tutorial_seconds(vernier, besides, VIEWS)
    vernier["tutorial_fresh_views"] = vernier_tutorial_seconds(vernier, besides, 0)
    for who in PEERS:
        if "blocks45" in medians[who] and "forward" in medians[who]:
            medians[who]["tutorial"] = peer_tutorial_seconds(medians[who])


def row_of(row, medians):
    work, peer_work = row["work"], row.get("peer", row["work"])
    takes_seconds = work == "tutorial" or "seconds" in row["goal"]
    values = {"vernier": medians["vernier"].get(work)}
    ratios = {}
    for who in PEERS:
        values[who] = medians[who].get(peer_work)
        if values[who] and values["vernier"]:
            ratio = values[who] / values["vernier"] if takes_seconds else values["vernier"] / values[who]
            ratios[who] = ratio
    verdicts = []
    for against, wanted in row["goal"].items():
        if against == "seconds":
            verdicts.append(values["vernier"] <= wanted)
        elif against in ratios:
            verdicts.append(ratios[against] >= wanted)
    met = all(verdicts) if len(verdicts) == len(row["goal"]) else None
    unit = "s" if takes_seconds else "pictures/s"
    return {"work": row["title"], "unit": unit, "values": values, "ratios": ratios, "goal": row["goal"], "met": met}


def goal_text(goal):
    return ", ".join(f"{wanted:g} s" if who == "seconds" else f"{wanted:g} x {who}" for who, wanted in goal.items())


def print_table(rows):
    head = ["work", "unit", "Vernier", "Keras", "PyTorch", "x Keras", "x PyTorch", "goal", "met"]
    lines = [head]
    for row in rows:
        number = lambda value: "-" if value is None else f"{value:.0f}" if value >= 1000 else f"{value:.3g}"
        lines.append(
            [row["work"], row["unit"]]
            + [number(row["values"][who]) for who in WHO]
            + [number(row["ratios"].get(who)) for who in PEERS]
            + [goal_text(row["goal"]), {True: "yes", False: "NO", None: "-"}[row["met"]]]
        )
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    for line in lines:
        cells = [cell.rjust(width) if 2 <= i <= 6 else cell.ljust(width) for i, (cell, width) in enumerate(zip(line, widths))]
        print("  ".join(cells).rstrip())


def machine():
    info = Path("/proc/cpuinfo").read_text()
    name = next((line.split(":", 1)[1].strip() for line in info.splitlines() if line.startswith("model name")), "")
    flags = next((line.split() for line in info.splitlines() if line.startswith("flags")), [])
    return {
        "processor": name,
        "cores": len(os.sched_getaffinity(0)),
        "avx512_bf16": "avx512_bf16" in flags,
        "amx_bf16": "amx_bf16" in flags,
        "load_before": os.getloadavg()[0],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", type=Path, required=True, help="where bench_training is")
    parser.add_argument("--weights", type=Path, required=True, help="VGG16's trunk, for the peers")
    parser.add_argument("--out", type=Path, required=True, help="folder for results.json and the painted pictures")
    parser.add_argument("--venv", type=Path, help="where install.py put the peers; none: Vernier alone")
    parser.add_argument("--data", type=Path, help="a folder of pictures (default: some are painted)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=8, help="timed steps of a work in each round")
    parser.add_argument("--quick", action="store_true", help="one round of three steps")
    given = parser.parse_args()

    given.out.mkdir(parents=True, exist_ok=True)
    about = machine()
    listed = given.out / "pictures.json"
    prepare = [given.programs / "bench_training", "--work", "none", "--list", listed]
    pictures = given.data or given.out / "sample"
    run([*prepare, given.data] if given.data else [*prepare, "--paint", pictures])

    figures = measure(given, pictures, listed)
    medians = {who: figures.medians(who) for who in WHO}
    add_tutorial(medians)
    rows = [row_of(row, medians) for row in ROWS]
    results = {"machine": about, "quick": given.quick, "medians": medians, "table": rows, "samples": figures.samples}
    (given.out / "results.json").write_text(json.dumps(results, indent=1))

    print(f"\n{about['processor']}, {about['cores']} cores, load {about['load_before']:.1f} before; "
          f"{'one quick round' if given.quick else f'{given.rounds} rounds'}; medians\n")
    print_table(rows)
    fresh = medians["vernier"]["tutorial_fresh_views"]
    print(f"\nThe tutorial's experiment is counted with {VIEWS} kept views of each picture; "
          f"with fresh ones it takes Vernier {fresh:.0f} s.")
    print(f"Every sample is in {given.out / 'results.json'}")


if __name__ == "__main__":
    try:
        main()
    except RuntimeError as error:
        sys.exit(f"side_by_side.py: {error}")
