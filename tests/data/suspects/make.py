#!/usr/bin/env python3
"""Writes what cleanlab says of made-up labels and probabilities, and what scikit-learn fits to made-up features.

    make.py         beside itself; needs cleanlab 2.9.0, with NumPy 2.4 and scikit-learn 1.9
"""

import json
import os

# NumPy's fast sorts leave open which of two equal numbers comes first; its plain one keeps short lists in order.
os.environ["NPY_DISABLE_CPU_FEATURES"] = "AVX512_SKX AVX512_ICL AVX512_SPR AVX2 X86_V4 X86_V3"

from pathlib import Path

import numpy as np
from cleanlab.count import calibrate_confident_joint, compute_confident_joint, get_confident_thresholds
from cleanlab.filter import find_label_issues
from cleanlab.rank import order_label_issues
from sklearn.linear_model import LogisticRegression

HERE = Path(__file__).parent
# Probabilities are whole numbers of so many parts: short as text, and exact in binary.
PARTS = 1 << 20


def parts_of(rows):
    """Rows of any weights as whole numbers that sum to PARTS."""
    rows = np.floor(rows / rows.sum(axis=1, keepdims=True) * PARTS).astype(np.int64)
    rows[np.arange(len(rows)), rows.argmax(axis=1)] += PARTS - rows.sum(axis=1)
    return rows


def drawn(seed, n, classes, wrong=0.1, certainty=3.0, used=None):
    """Labels of which a share is wrong, and what a fair model says. `used`: the classes that occur."""
    rng = np.random.default_rng(seed)
    used = list(range(classes)) if used is None else used
    truth = rng.choice(used, n)
    labels = np.where(rng.random(n) < wrong, rng.choice(used, n), truth)
    logits = rng.normal(size=(n, classes))
    logits[np.arange(n), truth] += certainty * rng.random(n)
    return labels, parts_of(np.exp(logits))


def certain():
    """Every row is 0 but for one class."""
    labels, parts = drawn(8, 24, 3)
    rows = np.zeros_like(parts)
    rows[np.arange(len(rows)), parts.argmax(axis=1)] = PARTS
    # The sorts would be between equals: all those labels are wrong that are not the row's class, or none.
    labels = np.where(labels == 0, 0, rows.argmax(axis=1))
    return labels, rows


CASES = {
    "two classes": (2, drawn(1, 60, 2)),
    "three classes": (3, drawn(2, 60, 3)),
    "ten classes": (10, drawn(3, 120, 10, certainty=5.0)),
    "an absent class": (4, drawn(4, 50, 4, used=[0, 1, 3])),
    "all of one class": (3, drawn(5, 20, 3, used=[0])),
    "fewer pictures than classes": (10, drawn(6, 6, 10)),
    "labels that mean nothing": (5, drawn(7, 30, 5, wrong=1.0, certainty=6.0)),
    "certain of every picture": (3, certain()),
    "classes of one and two pictures": (4, drawn(9, 43, 4, used=[0, 0, 0, 1, 1, 1, 1, 1] * 6 + [2, 3])),
    "one or two pictures of each class, hardly ever right": (5, drawn(12, 9, 5, wrong=1.0, certainty=8.0)),
    "hardly ever right": (3, drawn(10, 60, 3, wrong=0.6, certainty=1.0)),
}

out = {"parts": PARTS, "cases": []}
for name, (classes, (labels, parts)) in CASES.items():
    p = parts / PARTS
    joint = compute_confident_joint(labels, p, calibrate=False)
    wrong = find_label_issues(labels, p, n_jobs=1)
    case = {
        "name": name,
        "classes": classes,
        "labels": labels.tolist(),
        "probabilities": parts.ravel().tolist(),
        "thresholds": get_confident_thresholds(labels, p).tolist(),
        "joint": joint.tolist(),
        "calibrated": calibrate_confident_joint(joint, labels).tolist(),
        "wrong": np.flatnonzero(wrong).tolist(),
        "ranked": order_label_issues(wrong, labels, p, rank_by="self_confidence").tolist(),
    }
    out["cases"].append(case)
    print(name, np.bincount(labels, minlength=classes), joint.tolist(), case["calibrated"], len(case["wrong"]))

lines = ",\n".join(json.dumps(case) for case in out["cases"])
(HERE / "cleanlab.json").write_text(f'{{"parts": {PARTS}, "cases": [\n{lines}\n]}}\n')

rng = np.random.default_rng(11)
labels = rng.integers(3, size=40)
features = np.round(rng.normal(size=(40, 5)) + np.eye(3, 5)[labels], 3)
heads = []
for strength in (1, 100):
    fitted = LogisticRegression(C=strength, tol=1e-12, max_iter=10_000).fit(features, labels)
    heads.append({"strength": strength, "weights": fitted.coef_.tolist(), "biases": fitted.intercept_.tolist(),
                  "probabilities": fitted.predict_proba(features).ravel().tolist()})
logistic = {"features": features.ravel().tolist(), "labels": labels.tolist(), "heads": heads}
(HERE / "logistic.json").write_text(json.dumps(logistic) + "\n")
