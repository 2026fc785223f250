#!/usr/bin/env python3
"""Shows that every backbone answers as torchvision's does for the same random weights:

    torchvision_equality.py VERNIER_CLI [BACKBONE...]

For each it draws a network of torchvision's, running statistics included, saves it as a .pth, has vernier-cli read
that as the backbone's published weights, and compares the logarithms of all 1000 probabilities that both give for a
picture. Ends with 1 where they differ by more than 1e-4.

Needs torch 2.11.0 and torchvision 0.26.0: `python3 tests/bench/peers/install.py FOLDER TORCH_ROOT`, then
`FOLDER/bin/python -m pip install --no-deps torchvision==0.26.0`, and `variables` of FOLDER/environment.json.
"""

import json
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy
import torch
import torchvision
from PIL import Image

BACKBONES = ["vgg11", "vgg13", "vgg16", "vgg19", "vgg11_bn", "vgg13_bn", "vgg16_bn", "vgg19_bn",
             "resnet18", "resnet34", "resnet50"]
LARGEST = 1e-4
SPREAD = 20  # of the answers, so that a small difference below shows
MEAN = torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1)
DEVIATION = torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1)


def drawn(name):
    """A network in which no tensor has the value that a reader would fill in."""
    torch.manual_seed(len(name))
    network = getattr(torchvision.models, name)(weights=None)
    for key, values in network.state_dict().items():
        if key.endswith("running_mean"):
            values.normal_(0, 0.2)
        elif key.endswith("running_var"):
            values.uniform_(0.5, 1.5)
        elif values.dim() == 1:
            values.add_(torch.empty_like(values).uniform_(-0.1, 0.1))
    return network.eval()


def main():
    cli, *wanted = sys.argv[1:]
    wrong = [name for name in wanted if name not in BACKBONES]
    if wrong:
        sys.exit(f"{', '.join(wrong)}: is none of {', '.join(BACKBONES)}")
    # Of the size that needs no scaling: both then see its centre, 224 x 224.
    pixels = numpy.random.default_rng(1).integers(0, 256, (256, 256, 3), dtype=numpy.uint8)
    centre = torch.from_numpy(pixels[16:240, 16:240].copy()).permute(2, 0, 1).float()
    rgb = (centre / 255 - MEAN) / DEVIATION
    # PyTorch's stand-ins are not for another program.
    environment = {key: value for key, value in os.environ.items() if key != "LD_LIBRARY_PATH"}
    failed = False
    for name in wanted or BACKBONES:
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            picture = place / "noise.png"
            Image.fromarray(pixels).save(picture)
            network = drawn(name)
            last = network.fc if hasattr(network, "fc") else network.classifier[-1]
            with torch.no_grad():
                # So that no probability is too small for a float.
                logits = network(rgb.unsqueeze(0))
                for values in last.parameters():
                    values.mul_(SPREAD / (logits.max() - logits.min()))
            (place / "weights").mkdir()
            weights = place / "weights" / f"{name}.pth"
            torch.save(network.state_dict(), weights)
            (place / "catalogue.json").write_text(json.dumps({"datasets": [], "weights": [{
                "name": name, "title": name, "backbone": name, "top": True, "url": "file:///nowhere",
                "file": weights.name, "bytes": weights.stat().st_size, "hash_from": "none", "licence": "none",
                "about": "random"}]}))
            with torch.no_grad():
                theirs = network(rgb.unsqueeze(0)).log_softmax(1)[0].double()
            asked = subprocess.run(
                [cli, "predict", f"{name}-imagenet", str(picture), "--json", "--top", "1000", "--device", "cpu"],
                env={**environment, "VERNIER_DATA": folder, "VERNIER_CATALOGUE": str(place / "catalogue.json")},
                capture_output=True, text=True)
            if asked.returncode != 0:
                sys.exit(f"{name}: {asked.stderr.strip()}")
            labels = Path(__file__).parents[2] / "resources/labels/imagenet.txt"
            index = {label: i for i, label in enumerate(labels.read_text().splitlines())}
            answers = json.loads(asked.stdout)["top"]
            ours = {index[each["class"]]: math.log(each["probability"]) for each in answers}
            largest = max(abs(ours[i] - theirs[i].item()) for i in range(1000))
            spread = (theirs.max() - theirs.min()).item()
            print(f"{name}: largest difference {largest:.2e}, where the answers spread over {spread:.2f}")
            failed = failed or largest > LARGEST
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
