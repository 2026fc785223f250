#!/usr/bin/env python3
"""Makes those pictures of this folder that are neither JPEG nor TIFF and newer than ImageMagick's ones, from plain.png.
Needs Pillow, numpy and pillow-heif; what is here was made with 13.0, 2.4 and 1.8.

    make_others.py        from within this folder
"""

import struct
import zlib

import numpy as np
from PIL import Image

plain = np.asarray(Image.open("plain.png").convert("RGB"))
grey = np.asarray(Image.open("grey.png").convert("L"))
height, width = grey.shape


# --- PNG --------------------------------------------------------------------------------------------------------------

def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(name, depth, colour, rows, *chunks):
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    parts = [(b"IHDR", header), *chunks, (b"IDAT", pixels), (b"IEND", b"")]
    with open(name, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts))


key = int(grey[15, 20])
png("grey_one_transparent.png", 8, 0, [row.tobytes() for row in grey], (b"tRNS", struct.pack(">H", key)))
png("grey_one_transparent_sixteen_bits.png", 16, 0, [(row.astype(">u2") * 257).tobytes() for row in grey],
    (b"tRNS", struct.pack(">H", key * 257)))
colour = [int(c) for c in plain[15, 20]]
png("one_colour_transparent.png", 8, 2, [row.tobytes() for row in plain], (b"tRNS", struct.pack(">3H", *colour)))
