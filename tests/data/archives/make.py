#!/usr/bin/env python3
"""Writes archives: a good one in each format, and some that are broken or hostile.

    make.py         beside itself
"""

import io
import tarfile
import zipfile
from pathlib import Path

HERE = Path(__file__).parent


def entry(name, kind=tarfile.REGTYPE, link=""):
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = link
    info.mode = 0o6777
    return info


def write_tar(name, entries, mode="w"):
    with tarfile.open(HERE / name, mode, format=tarfile.PAX_FORMAT) as archive:
        for info, data in entries:
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))


GOOD = [
    (entry("./", tarfile.DIRTYPE), b""),
    (entry("forky/", tarfile.DIRTYPE), b""),
    (entry("forky/one.txt"), b"one"),
    (entry("forky/test/two.txt"), b"two"),
    (entry("spoony/\u0441\u043e\u0432\u0430.txt"), b"owl"),
    (entry("empty/", tarfile.DIRTYPE), b""),
]

write_tar("good.tar", GOOD)
write_tar("good.tar.gz", GOOD, "w:gz")
write_tar("good.tar.xz", GOOD, "w:xz")
with zipfile.ZipFile(HERE / "good.zip", "w", zipfile.ZIP_DEFLATED) as archive:
    for info, data in GOOD[1:]:
        archive.writestr(zipfile.ZipInfo(info.name), data)

write_tar("leads_out.tar", [
    (entry("good.txt"), b"good"),
    (entry("../upwards.txt"), b"bad"),
    (entry("a/../../upwards.txt"), b"bad"),
    (entry("/tmp/vernier_absolute.txt"), b"bad"),
    (entry(".."), b"bad"),
])
write_tar("has_links.tar", [
    (entry("good.txt"), b"good"),
    (entry("link", tarfile.SYMTYPE, "/tmp"), b""),
    (entry("link/through.txt"), b"through"),
    (entry("hard", tarfile.LNKTYPE, "good.txt"), b""),
    (entry("hard_outside", tarfile.LNKTYPE, "/etc/passwd"), b""),
])
write_tar("has_devices.tar", [
    (entry("good.txt"), b"good"),
    (entry("null", tarfile.CHRTYPE), b""),
    (entry("disk", tarfile.BLKTYPE), b""),
    (entry("pipe", tarfile.FIFOTYPE), b""),
])
write_tar("name_comes_twice.tar", [(entry("good.txt"), b"good"), (entry("good.txt"), b"other")])
write_tar("file_is_a_folder_too.tar", [(entry("good.txt"), b"good"), (entry("good.txt/below.txt"), b"below")])
write_tar("bomb.tar.xz", [(entry("zeros"), bytes(20 << 20))], "w:xz")
write_tar("many.tar.xz", [(entry(f"{i}"), b"") for i in range(2000)], "w:xz")
whole = (HERE / "good.tar.gz").read_bytes()
(HERE / "cut_off.tar.gz").write_bytes(whole[: len(whole) // 2])
(HERE / "text.tar.gz").write_bytes(b"this is no archive, whatever its name says\n" * 20)
