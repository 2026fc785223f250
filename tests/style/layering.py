#!/usr/bin/env python3
"""Reads the #include lines of app, core and ui and fails where a file reaches for what it must not know.

    layering.py ROOT           look at the checkout at ROOT
    layering.py --self-check   look at made-up sources, each breaking one rule, and fail if one goes unnoticed
"""

import re
import sys
import tempfile
from pathlib import Path

# A room may use itself and the rooms before it.
ROOMS = ["base", "fetch", "image", "sample", "dataset", "model", "weights", "recipe", "features", "runs", "training",
         "evaluation", "prediction", "exporting"]
# Of some of those it knows these files only.
KNOWN_FILES = {
    "evaluation": {"runs": {"core/runs/run_model.h"}, "training": set()},
    "prediction": {"runs": {"core/runs/run_model.h"}, "training": set()},
    "exporting": {"recipe": set(), "features": set(), "runs": {"core/runs/events.h"}, "training": set()},
}
# The same in the window. What lies in no folder is the window's own.
UI_ROOMS = ["base", "pictures", "session", "frame", "data", "recipe", "train", "inspect", "predict", "runs", "window"]

LAYERS = {
    "core": ("core/",),
    "ui": ("core/", "ui/"),
    "app/vernier": ("core/", "ui/", "app/vernier/"),
    "app/vernier_cli": ("core/", "app/vernier_cli/"),
    # It links nothing of core: only what both sides of its channel must know.
    "app/vernier_reader": ("app/vernier_reader/", "core/base/reader_protocol.h", "core/weights/hdf5_protocol.h"),
}

QT = re.compile(r"^(Q[A-Z]\w*|Qt\w+)(/.*)?$|^q[a-z]+\.h$|(^|/)ui_\w+\.h$")
TORCH = re.compile(r"^(torch|ATen|c10|caffe2)/")
# And the other libraries that read pictures.
OPENCV = re.compile(
    r"^opencv2/|^opencv4/|^(turbojpeg|jpeglib|jerror|png|tiff|tiffio|gif_lib|openjpeg)\.h$|^(webp|libheif|libexif)/")
ONNX = re.compile(r"^(onnx|google/protobuf)/")
# Libraries whose faults a foreign file can use.
CONFINED = re.compile(r"^hdf5(_hl)?\.h$|^H5\w+\.h$")
# The sample pictures are painted with it; only core/image reads pictures.
PAINTING = re.compile(r"^opencv2/(core|imgproc)\.hpp$")
PRIVATE_TO_CORE = {"torch": TORCH, "opencv": OPENCV, "onnx": ONNX}

# What runs or takes apart a model file on its own terms: only to read back what was exported a moment before.
OPENCV_ELSEWHERE = {("core/exporting/read_back_onnx.cpp", "opencv2/dnn.hpp")}
SCRIPTS = re.compile(r"^torch/(script|jit)\.h$|^torch/csrc/jit/|^caffe2/serialize/")
ONNX_ELSEWHERE = {"core/weights/onnx_graph.h"}

THREADS_ALLOWED = re.compile(
    r"^(core/training/training_thread|core/features/batch_loader|core/base/parallel"
    r"|ui/session/file_writer|ui/base/job|ui/pictures/thumbnail_service)\w*\.(h|cpp)$")
# How many processors there are, or which thread this is, anybody may ask.
THREADS = re.compile(
    r"\bstd\s*::\s*(jthread|thread)\b(?!\s*::)|\bstd\s*::\s*async\b|\bpthread_create\b"
    r"|\bQThread\b(?!\s*::\s*(currentThread|idealThreadCount))|\bQThreadPool\b|\bQtConcurrent\b")
THREAD_HEADERS = re.compile(r"^(QtConcurrent\w*|QThreadPool)(/.*)?$")

# nlohmann's own parser builds whatever it is given, however deep. Its events, which build nothing, anybody may take.
JSON = re.compile(r"\b\w*json\s*::\s*(parse|accept|from_\w+)\b", re.IGNORECASE)
JSON_ALLOWED = "core/base/json_reader.cpp"

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:<([^>\n]+)>|"([^"\n]+)")', re.MULTILINE)
NOT_CODE = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<mark>[^(\s\\]{0,16})\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'',
    re.DOTALL)


def without(keep_strings, text):
    """The text with its comments blanked out, and with its strings too unless they are to be kept."""

    def blank(match):
        if keep_strings and not match.group().startswith("/"):
            return match.group()
        return "\n" * match.group().count("\n") or " "

    return NOT_CODE.sub(blank, text)


class Source:
    def __init__(self, root, path):
        self.path = path
        text = (root / path).read_text(encoding="utf-8", errors="replace")
        with_strings = without(True, text)
        self.includes = [
            (with_strings.count("\n", 0, match.start()) + 1, match.group(1) or match.group(2), bool(match.group(2)))
            for match in INCLUDE.finditer(with_strings)
        ]
        # An include line is judged as one, not as code.
        self.code = re.sub(r"^[ \t]*#[ \t]*include[^\n]*", "", without(False, text), flags=re.MULTILINE)


def read(root):
    sources = {}
    for top in ("app", "core", "ui"):
        for file in sorted((root / top).rglob("*")):
            if file.suffix in (".h", ".cpp") and file.is_file():
                path = file.relative_to(root).as_posix()
                sources[path] = Source(root, path)
    return sources


def layer_of(path):
    return next((layer for layer in LAYERS if path.startswith(layer + "/")), None)


def room_of(path):
    parts = path.split("/")
    return parts[1] if parts[0] == "core" and len(parts) > 2 else None


def ui_room_of(path):
    parts = path.split("/")
    if parts[0] != "ui":
        return None
    return parts[1] if len(parts) > 2 else "window"


def reached_through(sources, start, pattern):
    """The chain of files from `start` to an include that fits `pattern`, or nothing."""
    seen = {start}
    waiting = [(start, [start])]
    while waiting:
        path, chain = waiting.pop(0)
        for _, name, _ in sources[path].includes:
            if pattern.search(name):
                return chain + [name]
            if name in sources and name not in seen:
                seen.add(name)
                waiting.append((name, chain + [name]))
    return None


def complaints(sources):
    """Pairs of the broken rule's name and a sentence."""
    found = []
    for path, source in sources.items():
        layer = layer_of(path)
        room = room_of(path)
        ui_room = ui_room_of(path)

        def broken(rule, line, sentence):
            found.append((rule, f"{path}:{line}: {sentence}"))

        if layer is None:
            broken("layer", 1, "lies in no layer: core, ui or a program below app")
            continue
        if layer == "core" and room is not None and room not in ROOMS:
            broken("room", 1, f"core has no room {room}")
            continue
        if ui_room is not None and ui_room not in UI_ROOMS:
            broken("room", 1, f"ui has no room {ui_room}")
            continue

        for line, name, quoted in source.includes:
            own = re.match(r"^(app|core|ui|tests)/", name)
            if own and not name.startswith(LAYERS[layer]):
                broken("layer", line, f"{layer} may not use {name}")
            elif own and name not in sources:
                broken("path", line, f"there is no {name}")
            elif quoted and not own and not re.search(r"(\.moc|^moc_\w+\.cpp)$", name):
                broken("path", line, f'"{name}" is not written from the root of the sources')

            if room is not None and name.startswith("core/"):
                other = room_of(name)
                if other in ROOMS:
                    if ROOMS.index(other) > ROOMS.index(room):
                        broken("room", line, f"core/{room} may not use core/{other}, which comes after it")
                    elif name not in KNOWN_FILES.get(room, {}).get(other, {name}):
                        broken("room", line, f"core/{room} does not know {name}")
            other = ui_room_of(name)
            if ui_room is not None and other in UI_ROOMS and UI_ROOMS.index(other) > UI_ROOMS.index(ui_room):
                broken("room", line, f"ui's {ui_room} may not use {name}: {other} comes after it")

            if CONFINED.search(name) and layer != "app/vernier_reader":
                broken("confined", line, f"{name} is used in app/vernier_reader only")
            if layer in ("core", "app/vernier_cli", "app/vernier_reader") and QT.search(name):
                broken("qt", line, f"there is no Qt in {layer}: {name}")
            if layer != "core":
                for what, pattern in PRIVATE_TO_CORE.items():
                    if pattern.search(name):
                        broken(what, line, f"{name} is core's own business")
            elif (OPENCV.search(name) and room != "image" and (path, name) not in OPENCV_ELSEWHERE
                  and not (room == "sample" and PAINTING.search(name))):
                broken("opencv", line, f"{name} is used in core/image only")
            elif SCRIPTS.search(name) and room != "exporting":
                broken("scripts", line, f"{name} runs what a file says: core/exporting only, on its own files")
            elif ONNX.search(name) and room != "exporting" and path not in ONNX_ELSEWHERE:
                broken("onnx", line, f"{name} is used in core/exporting only")

            if THREAD_HEADERS.search(name) and not THREADS_ALLOWED.match(path):
                broken("threads", line, f"threads are not made here: {name}")

            # Direct ones were complained about above; this is for what comes along with one of core's headers.
            if layer != "core" and name in sources:
                for what, pattern in PRIVATE_TO_CORE.items():
                    chain = reached_through(sources, name, pattern)
                    if chain:
                        broken(what, line, f"{name} brings {' -> '.join(chain[1:])}, which is private to core")

        if layer == "core" and path.endswith(".cpp"):
            torch = reached_through(sources, path, TORCH)
            onnx = reached_through(sources, path, ONNX)
            if torch and onnx:
                broken("onnx", 1, f"protobuf comes in two versions here: {' -> '.join(torch)}; {' -> '.join(onnx)}")

        if not THREADS_ALLOWED.match(path):
            match = THREADS.search(source.code)
            if match:
                line = source.code.count("\n", 0, match.start()) + 1
                broken("threads", line, f"threads are not made here: {match.group()}")
        if path != JSON_ALLOWED:
            match = JSON.search(source.code)
            if match:
                line = source.code.count("\n", 0, match.start()) + 1
                broken("json", line, f"JSON is read by parseJson alone, which has bounds: {match.group()}")
    return found


# Rule that must be named (None: nothing may be said), and the sources, file by file.
MADE_UP = [
    (None, {
        "core/base/parallel.cpp": "std::jthread t;\n",
        "core/base/a.h": "#pragma once\n#include <string>\n// #include <QString>, std::thread\n",
        "core/base/json_reader.cpp": "auto j = nlohmann::json::parse(text);\n",
        "core/image/a.h": '#include "core/base/a.h"\n',
        "core/image/a.cpp": '#include "core/image/a.h"\n#include <opencv2/imgproc.hpp>\n#include <turbojpeg.h>\n',
        "core/model/net_private.h": "#include <torch/torch.h>\n",
        "core/model/net.h": '#include "core/image/a.h"\n',
        "core/model/net.cpp": '#include "core/model/net_private.h"\n#include "core/model/net.h"\n',
        "core/training/training_thread.cpp": "#include <thread>\nstd::jthread t;\n",
        "core/features/batch_loader.cpp": "std::thread t;\n",
        "core/features/views.cpp": '#include "core/recipe/view_rules.h"\n',
        "core/recipe/view_rules.h": "",
        "core/sample/painting.h": "#include <opencv2/core.hpp>\n",
        "core/evaluation/scores.cpp": '#include "core/features/views.h"\n#include "core/runs/run_model.h"\n',
        "core/features/views.h": "",
        "core/runs/run_model.h": "",
        "core/weights/header.cpp": "nlohmann::json::sax_parse(text, &reader);\n",
        "core/training/plan.cpp": 'auto n = std::thread::hardware_concurrency();\nconst char* s = "std::thread";\n',
        "core/exporting/read_back_onnx.cpp": "#include <opencv2/dnn.hpp>\n",
        "core/exporting/read_back_torchscript.cpp": "#include <torch/script.h>\n",
        "core/weights/onnx_graph.h": "#include <onnx/onnx_pb.h>\n",
        "core/weights/onnx_model.cpp": '#include "core/weights/onnx_graph.h"\n',
        "core/features/batch_loader.cpp": "std::jthread t;\n",
        "core/exporting/onnx_writer.cpp": "#include <onnx/onnx_pb.h>\n#include <google/protobuf/message.h>\n",
        "core/exporting/tensorboard.h": '#include "core/runs/events.h"\n',
        "core/runs/events.h": "",
        "core/torch_pch.h": "#include <torch/torch.h>\n",
        "ui/session/file_writer.cpp": '#include "ui/session/session.h"\n#include <QThread>\nQThread t;\n#include "session.moc"\n',
        "ui/session/session.h": '#include "core/model/net.h"\n#include <QObject>\n',
        "ui/base/job.h": "#include <QtConcurrent/QtConcurrentRun>\n",
        "ui/pictures/thumbnail_service.h": "std::vector<std::jthread> threads;\n",
        "ui/data/grid.cpp": '#include "ui/session/session.h"\nauto t = QThread::currentThread();\n',
        "ui/main_window.cpp": '#include "ui/base/job.h"\n#include "ui/session/session.h"\n',
        "ui/runs/page.cpp": '#include "ui/train/curves.h"\n',
        "ui/train/curves.h": "",
        "app/vernier/main.cpp": '#include "ui/session/session.h"\n#include <QApplication>\n',
        "app/vernier_cli/main.cpp": '#include "core/model/net.h"\n#include <CLI/CLI.hpp>\n',
        "app/vernier_reader/main.cpp": '#include "core/base/reader_protocol.h"\n#include <hdf5.h>\n',
        "core/base/reader_protocol.h": "#include <cstdint>\n",
    }),
    ("layer", {"core/base/a.cpp": '#include "ui/session/session.h"\n', "ui/session/session.h": ""}),
    ("layer", {"core/base/a.cpp": '#include "tests/support/paint.h"\n'}),
    ("layer", {"ui/a.cpp": '#include "app/vernier/a.h"\n', "app/vernier/a.h": ""}),
    ("layer", {"app/vernier_cli/main.cpp": '#include "ui/session/session.h"\n', "ui/session/session.h": ""}),
    ("layer", {"app/fourth/main.cpp": ""}),
    ("layer", {"app/vernier_reader/main.cpp": '#include "core/base/files.h"\n', "core/base/files.h": ""}),
    ("confined", {"core/weights/a.cpp": "#include <hdf5.h>\n"}),
    ("qt", {"app/vernier_reader/main.cpp": "#include <QString>\n"}),
    ("room", {"core/base/a.cpp": '#include "core/dataset/a.h"\n', "core/dataset/a.h": ""}),
    ("room", {"core/model/a.h": '#include "core/weights/a.h"\n', "core/weights/a.h": ""}),
    ("room", {"core/evaluation/a.cpp": '#include "core/training/a.h"\n', "core/training/a.h": ""}),
    ("room", {"core/prediction/a.cpp": '#include "core/training/a.h"\n', "core/training/a.h": ""}),
    ("room", {"core/evaluation/a.cpp": '#include "core/runs/run_store.h"\n', "core/runs/run_store.h": ""}),
    ("room", {"core/prediction/a.cpp": '#include "core/runs/run_list.h"\n', "core/runs/run_list.h": ""}),
    ("room", {"core/exporting/a.cpp": '#include "core/recipe/recipe.h"\n', "core/recipe/recipe.h": ""}),
    ("room", {"core/exporting/a.cpp": '#include "core/runs/run_store.h"\n', "core/runs/run_store.h": ""}),
    ("room", {"core/recipe/a.cpp": '#include "core/runs/a.h"\n', "core/runs/a.h": ""}),
    ("room", {"core/features/a.h": '#include "core/training/a.h"\n', "core/training/a.h": ""}),
    ("room", {"core/runs/a.cpp": '#include "core/training/fork.h"\n', "core/training/fork.h": ""}),
    ("room", {"core/image/a.cpp": '#include "core/sample/a.h"\n', "core/sample/a.h": ""}),
    ("room", {"core/cellar/a.cpp": ""}),
    ("room", {"ui/cellar/a.cpp": ""}),
    ("room", {"ui/session/jobs.cpp": '#include "ui/frame/a.h"\n', "ui/frame/a.h": ""}),
    ("room", {"ui/recipe/a.cpp": '#include "ui/train/a.h"\n', "ui/train/a.h": ""}),
    ("room", {"ui/base/a.cpp": '#include "ui/session/session.h"\n', "ui/session/session.h": ""}),
    ("room", {"ui/base/a.cpp": '#include "ui/pictures/a.h"\n', "ui/pictures/a.h": ""}),
    ("room", {"ui/pictures/a.cpp": '#include "ui/session/session.h"\n', "ui/session/session.h": ""}),
    ("threads", {"ui/pictures/picture_pane.cpp": "std::jthread t;\n"}),
    ("room", {"ui/runs/a.cpp": '#include "ui/main_window.h"\n', "ui/main_window.h": ""}),
    ("path", {"core/image/a.cpp": '#include "../dataset/a.h"\n', "core/dataset/a.h": ""}),
    ("path", {"core/image/a.cpp": '#include "a.h"\n', "core/image/a.h": ""}),
    ("path", {"core/image/a.cpp": '#include "core/image/gone.h"\n'}),
    ("qt", {"core/base/a.h": "#include <QString>\n"}),
    ("qt", {"core/base/a.h": "#include <QtCore/QString>\n"}),
    ("qt", {"core/base/a.h": "  #  include <qstring.h>\n"}),
    ("qt", {"app/vernier_cli/main.cpp": "#include <QCoreApplication>\n"}),
    ("torch", {"ui/a.cpp": "#include <torch/torch.h>\n"}),
    ("torch", {"app/vernier_cli/main.cpp": "#include <ATen/ATen.h>\n"}),
    ("torch", {"ui/a.cpp": '#include "core/model/a.h"\n', "core/model/a.h": '#include "core/model/b.h"\n',
               "core/model/b.h": "#include <c10/util/Half.h>\n"}),
    ("opencv", {"core/dataset/a.cpp": "#include <opencv2/core.hpp>\n"}),
    ("opencv", {"core/dataset/a.cpp": "#include <turbojpeg.h>\n"}),
    ("opencv", {"core/sample/a.cpp": "#include <opencv2/imgcodecs.hpp>\n"}),
    ("opencv", {"core/dataset/a.cpp": "#include <png.h>\n"}),
    ("opencv", {"core/prediction/a.cpp": "#include <libheif/heif.h>\n"}),
    ("opencv", {"core/dataset/a.cpp": "#include <jpeglib.h>\n"}),
    ("opencv", {"core/dataset/a.cpp": "#include <tiffio.h>\n"}),
    ("opencv", {"core/dataset/a.cpp": "#include <libexif/exif-data.h>\n"}),
    ("opencv", {"core/prediction/onnx_model.cpp": "#include <opencv2/dnn.hpp>\n"}),
    ("opencv", {"core/exporting/read_back_onnx.cpp": "#include <opencv2/imgproc.hpp>\n"}),
    ("scripts", {"core/prediction/torchscript_model.cpp": "#include <torch/script.h>\n"}),
    ("scripts", {"core/weights/pytorch_file.cpp": "#include <caffe2/serialize/inline_container.h>\n"}),
    ("opencv", {"ui/a.cpp": "#include <opencv2/core.hpp>\n"}),
    ("opencv", {"ui/a.cpp": '#include "core/image/a.h"\n', "core/image/a.h": "#include <opencv2/core.hpp>\n"}),
    ("onnx", {"core/weights/a.cpp": "#include <google/protobuf/message.h>\n"}),
    ("onnx", {"core/exporting/a.cpp": "#include <onnx/onnx_pb.h>\n#include <torch/torch.h>\n"}),
    ("threads", {"core/dataset/a.cpp": "void f() { std::thread t; }\n"}),
    ("threads", {"core/dataset/file_check.cpp": "std::jthread t;\n"}),
    ("threads", {"core/model/a.h": "std :: jthread t;\n"}),
    ("threads", {"core/exporting/a.cpp": "auto f = std::async(g);\n"}),
    ("threads", {"ui/data/a.cpp": "#include <QThread>\nclass A : QThread {};\n"}),
    ("threads", {"ui/data/a.cpp": "auto f = QtConcurrent::run(g);\n"}),
    ("threads", {"ui/data/a.cpp": "#include <QtConcurrentRun>\n"}),
    ("threads", {"ui/data/a.cpp": "QThreadPool::globalInstance()->start(g);\n"}),
    ("json", {"core/dataset/a.cpp": "auto j = nlohmann::json::parse(text);\n"}),
    ("json", {"core/dataset/a.cpp": "using Json = nlohmann::ordered_json;\nauto j = Json::parse(text);\n"}),
    ("json", {"ui/a.cpp": "bool b = nlohmann::ordered_json :: accept(text);\n"}),
    ("json", {"app/vernier_cli/a.cpp": "auto j = nlohmann::json::from_cbor(bytes);\n"}),
    ("threads", {"core/training/trainer.cpp": '/* " */ std::jthread t; /* " */\n'}),
]


def self_check():
    bad = 0
    for rule, files in MADE_UP:
        with tempfile.TemporaryDirectory() as folder:
            for path, text in files.items():
                file = Path(folder) / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
            found = complaints(read(Path(folder)))
        named = {name for name, _ in found}
        if named != ({rule} if rule else set()):
            bad += 1
            print(f"expected {rule or 'no complaint'}, got {found or 'none'} for {files}")
    print(f"{len(MADE_UP) - bad} of {len(MADE_UP)} made-up sources were judged right")
    return bad == 0


def main(arguments):
    if arguments == ["--self-check"]:
        return 0 if self_check() else 1
    if len(arguments) != 1:
        print(__doc__)
        return 2
    sources = read(Path(arguments[0]))
    if not sources:
        print(f"no sources in {arguments[0]}")
        return 1
    found = complaints(sources)
    for _, sentence in found:
        print(sentence)
    print(f"{len(sources)} files, {len(found)} broken rules")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
