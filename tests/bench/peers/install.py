#!/usr/bin/env python3
"""Makes the virtual environment in which the peers run: install.py FOLDER TORCH_ROOT

Afterwards FOLDER/environment.json holds the environment variables that they need besides. Ends with 1 and a sentence on
stderr where that cannot be done.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
TORCH_VERSION = "2.11.0"
# The wheel for Linux is built for CUDA, and its Python half is linked with all of that: 4 GB that a processor never uses.
CUDA_LIBRARY = re.compile(r"lib(cu|nccl|nv)\w*\.so")
CUDA_SYMBOL = re.compile(r"(cu[a-zA-Z]|nccl|nv)\w+$")


class Failed(Exception):
    pass


def run(command, **options):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)


def pip(venv, *arguments):
    # An environment of its own has no pip where Debian's python3-venv is missing; an outer one can serve it.
    inner = [venv / "bin/python", "-m", "pip"]
    outer = [sys.executable, "-m", "pip", "--python", venv / "bin/python"]
    chosen = inner if run([*inner, "--version"]).returncode == 0 else outer
    done = run([*chosen, "--disable-pip-version-check", "--quiet", *arguments])
    if done.returncode != 0:
        raise Failed(f"pip {' '.join(map(str, arguments))} failed:\n{done.stderr.strip()[-2000:]}")


def torch_works(venv, environment):
    code = f"import torch; assert torch.__version__.split('+')[0] == '{TORCH_VERSION}'"
    return run([venv / "bin/python", "-c", code], env={**os.environ, **environment}).returncode == 0


def dynamic_section(library):
    return run(["readelf", "--wide", "--dynamic", "--version-info", library]).stdout


def symbols(library, which):
    names = (line.split()[-1] for line in run(["nm", "-D", which, library]).stdout.splitlines() if line.strip())
    return {name.split("@")[0] for name in names}


def make_stand_ins(site, folder):
    """Empty libraries under the names of CUDA's, with every function that PyTorch's own name. None is ever called."""
    libraries = sorted((site / "torch/lib").glob("*.so"))
    there = {path.name: path for path in (site / "nvidia").rglob("*.so*")}
    wanted, versions, missing = set(), {}, set()
    for library in libraries:
        wanted |= {name for name in symbols(library, "--undefined-only") if CUDA_SYMBOL.match(name)}
        needer = None
        for line in dynamic_section(library).splitlines():
            if found := re.search(r"NEEDED.*\[(.*)\]", line):
                if CUDA_LIBRARY.match(found.group(1)) and found.group(1) not in there:
                    missing.add(found.group(1))
            elif found := re.search(r"\bFile: (\S+)", line):
                needer = found.group(1)
            elif needer and (found := re.search(r"\bName: (\S+)", line)):
                versions.setdefault(needer, set()).add(found.group(1))
    for library in [*libraries, *there.values()]:
        wanted -= symbols(library, "--defined-only")

    folder.mkdir(parents=True, exist_ok=True)
    source = folder / "stand_in.c"
    source.write_text("".join(f"int {name}(void) {{ return 1; }}\n" for name in sorted(wanted)))
    for name in sorted(missing):
        command = ["cc", "-shared", "-fPIC", "-w", "-o", folder / name, f"-Wl,-soname,{name}", source]
        if names := sorted(versions.get(name, [])):
            script = folder / f"{name}.map"
            script.write_text(f"{names[0]} {{ global: *; }};\n" + "".join(f"{other} {{}};\n" for other in names[1:]))
            command.append(f"-Wl,--version-script={script}")
        if run(command).returncode != 0:
            raise Failed(f"the compiler could not make a stand-in for {name}")


def wheel_folder(torch_root):
    """The folder that holds a whole wheel's torch/, or nothing where this is an archive of LibTorch alone."""
    site = torch_root.resolve().parent
    return site if torch_root.name == "torch" and (site / "torch/__init__.py").is_file() else None


def install_torch(venv, torch_root):
    """The environment variables with which the virtual environment's Python can import torch."""
    if torch_works(venv, {}):
        return {}
    if site := wheel_folder(torch_root):
        environment = {"PYTHONPATH": str(site)}
        if torch_works(venv, environment):
            return environment
    else:
        pip(venv, "install", "--no-deps", f"torch=={TORCH_VERSION}")
        purelib = "import sysconfig; print(sysconfig.get_path('purelib'))"
        site = Path(run([venv / "bin/python", "-c", purelib]).stdout.strip())
        metadata = next(site.glob("torch-*.dist-info")) / "METADATA"
        if found := re.search(r"^Requires-Dist: cuda-toolkit\[.*\]==([\d.]+)", metadata.read_text(), re.MULTILINE):
            pip(venv, "install", f"cuda-toolkit[cudart,cupti]=={found.group(1)}")
        environment = {}
    make_stand_ins(site, venv / "stand_ins")
    environment["LD_LIBRARY_PATH"] = str(venv / "stand_ins")
    if not torch_works(venv, environment):
        raise Failed(f"PyTorch {TORCH_VERSION} of {site} cannot be imported by {venv}/bin/python")
    return environment


def main():
    venv, torch_root = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    requirements = HERE / "requirements.txt"
    asked = requirements.read_bytes() + Path(__file__).read_bytes() + str(torch_root.resolve()).encode()
    state = hashlib.sha256(asked).hexdigest()
    written = venv / "environment.json"
    if written.is_file() and json.loads(written.read_text())["state"] == state:
        return
    made = run([sys.executable, "-m", "venv", venv])
    if made.returncode != 0:
        made = run([sys.executable, "-m", "venv", "--without-pip", "--clear", venv])
    if made.returncode != 0:
        raise Failed(f"no virtual environment could be made: {made.stderr.strip()}")
    pip(venv, "install", "-r", requirements)
    environment = install_torch(venv, torch_root)
    written.write_text(json.dumps({"state": state, "variables": environment}))


if __name__ == "__main__":
    try:
        main()
    except Failed as failure:
        sys.exit(f"install.py: {failure}")
