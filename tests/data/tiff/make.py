#!/usr/bin/env python3
"""Writes the TIFF files beside it, from ../pictures/plain.png: make.py (needs Pillow and zstandard)."""

import io
import struct
import zlib
from pathlib import Path

import zstandard
from PIL import Image

HERE = Path(__file__).parent
PLAIN = Image.open(HERE.parent / "pictures" / "plain.png").convert("RGB")
WIDTH, HEIGHT = PLAIN.size
RGB = [list(PLAIN.getpixel((x, y))) for y in range(HEIGHT) for x in range(WIDTH)]
GREY = [[int(0.2126 * r + 0.7152 * g + 0.0722 * b + 0.5)] for r, g, b in RGB]

SHORT, LONG, LONG8, BYTE = 3, 4, 16, 1
FORMATS = {SHORT: "H", LONG: "I", LONG8: "Q", BYTE: "B"}
WIDTH_TAG, HEIGHT_TAG, BITS, COMPRESSION, PHOTOMETRIC, OFFSETS, SAMPLES, ROWS, COUNTS = (
    256, 257, 258, 259, 262, 273, 277, 278, 279)
PLANAR, PALETTE, TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_COUNTS, EXTRA, FORMAT = (
    284, 320, 322, 323, 324, 325, 338, 339)


def pack(values, bits, order):
    """Samples as a row has them."""
    if bits in (8, 16, 32, 64):
        return struct.pack(order + str(len(values)) + {8: "B", 16: "H", 32: "I", 64: "Q"}[bits], *values)
    text = "".join(format(value, f"0{bits}b") for value in values)
    text += "0" * (-len(text) % 8)
    return bytes(int(text[i:i + 8], 2) for i in range(0, len(text), 8))


def rows_of(pixels, bits, order, width=WIDTH):
    return [pack([s for pixel in pixels[y:y + width] for s in pixel], bits, order)
            for y in range(0, len(pixels), width)]


def directory(at, entries, order, big, following=0):
    """The directory, to lie at `at`, and what its values need beyond it."""
    size, room = (20, 8) if big else (12, 4)
    head = struct.pack(order + ("Q" if big else "H"), len(entries))
    beyond = at + len(head) + size * len(entries) + room
    body, more = b"", b""
    for tag, (kind, values) in sorted(entries.items()):
        data = struct.pack(order + str(len(values)) + FORMATS[kind], *values)
        body += struct.pack(order + "HH" + ("Q" if big else "I"), tag, kind, len(values))
        if len(data) <= room:
            body += data.ljust(room, b"\0")
        else:
            body += struct.pack(order + ("Q" if big else "I"), beyond + len(more))
            more += data + b"\0" * (len(data) % 2)
    return head + body + struct.pack(order + ("Q" if big else "I"), following) + more


def tiff(name, pixels, photometric, bits=8, order="<", big=False, planes=False, tile=0, rows=16, compress=None,
         compression=1, extra=(), form=0, palette=(), tags=None, pages=1, width=WIDTH, height=HEIGHT):
    channels = len(pixels[0])
    squeeze = compress or (lambda data: data)
    layers = [[[pixel[c]] for pixel in pixels] for c in range(channels)] if planes else [pixels]
    pieces = []
    for layer in layers:
        if tile:
            for top in range(0, height, tile):
                for left in range(0, width, tile):
                    block = [layer[min(y, height - 1) * width + min(x, width - 1)]
                             for y in range(top, top + tile) for x in range(left, left + tile)]
                    pieces.append(squeeze(b"".join(rows_of(block, bits, order, tile))))
        else:
            lines = rows_of(layer, bits, order, width)
            pieces += [squeeze(b"".join(lines[y:y + rows])) for y in range(0, height, rows)]
    start = 16 if big else 8
    offsets, data = [], b""
    for piece in pieces:
        offsets.append(start + len(data))
        data += piece + b"\0" * (len(piece) % 2)
    counts = [len(piece) for piece in pieces]
    entries = {WIDTH_TAG: (LONG, [width]), HEIGHT_TAG: (LONG, [height]), BITS: (SHORT, [bits] * channels),
               COMPRESSION: (SHORT, [compression]), PHOTOMETRIC: (SHORT, [photometric]),
               SAMPLES: (SHORT, [channels]), PLANAR: (SHORT, [2 if planes else 1])}
    if tile:
        entries |= {TILE_WIDTH: (LONG, [tile]), TILE_HEIGHT: (LONG, [tile]), TILE_OFFSETS: (LONG, offsets),
                    TILE_COUNTS: (LONG, counts)}
    else:
        entries |= {ROWS: (LONG, [rows]), OFFSETS: (LONG, offsets), COUNTS: (LONG, counts)}
    if extra:
        entries[EXTRA] = (SHORT, list(extra))
    if form:
        entries[FORMAT] = (SHORT, [form] * channels)
    if palette:
        entries[PALETTE] = (SHORT, palette)
    entries |= tags or {}
    at = start + len(data)
    mark = b"II" if order == "<" else b"MM"
    head = mark + (struct.pack(order + "HHHQ", 43, 8, 0, at) if big else struct.pack(order + "HI", 42, at))
    body = b""
    for page in range(pages):
        alone = directory(at + len(body), entries, order, big)
        following = at + len(body) + len(alone) if page + 1 < pages else 0
        body += directory(at + len(body), entries, order, big, following)
    (HERE / name).write_bytes(head + data + body)


def scaled(pixels, most):
    return [[(s * most * 2 + 255) // 510 for s in pixel] for pixel in pixels]


def beside(pixels, *more):
    return [pixel + list(more) for pixel in pixels]


def wide(pixels):
    return [[s * 257 for s in pixel] for pixel in pixels]


def inverted(pixels, most=255):
    return [[most - s for s in pixel] for pixel in pixels]


def infrared(pixels):
    """Anything that is neither a colour nor an opacity."""
    return [pixel + [(i * 7) % 256] for i, pixel in enumerate(pixels)]


def premultiplied(pixels, alpha):
    return [[(s * alpha + 127) // 255 for s in pixel] + [alpha] for pixel in pixels]


def packbits(data, row=3 * WIDTH):
    """Each row alone, as the standard has it."""
    parts = [data[y:y + row][i:i + 128] for y in range(0, len(data), row) for i in range(0, row, 128)]
    return b"".join(bytes([len(part) - 1]) + part for part in parts)


def packbits_over_rows(data):
    """As some programs do."""
    return packbits(data, len(data))


def by_pillow(name, image, **options):
    target = io.BytesIO()
    image.save(target, "TIFF", **options)
    (HERE / name).write_bytes(target.getvalue())


for old in HERE.glob("*.tif"):
    old.unlink()

# As grey: black or white is zero, in any number of bits.
tiff("grey_8.tif", GREY, 1)
tiff("grey_16.tif", wide(GREY), 1, 16)
tiff("grey_16_big_endian.tif", wide(GREY), 1, 16, order=">")
tiff("grey_12.tif", scaled(GREY, 4095), 1, 12)
tiff("grey_white_is_zero_8.tif", inverted(GREY), 0)
tiff("grey_white_is_zero_16.tif", wide(inverted(GREY)), 0, 16)
tiff("grey_white_is_zero_16_big_endian.tif", wide(inverted(GREY)), 0, 16, order=">")
tiff("grey_tiles_16.tif", wide(GREY), 1, 16, tile=16)
tiff("grey_deflate_16.tif", wide(GREY), 1, 16, compress=zlib.compress, compression=8)
tiff("grey_palette_8.tif", GREY, 3, palette=[i * 257 for i in range(256)] * 3)
tiff("grey_palette_of_bytes_8.tif", GREY, 3, palette=list(range(256)) * 3)

# As grey of 16 or 4 levels, or of black and white.
tiff("levels_4_bits_4.tif", [[p[0] // 17] for p in GREY], 1, 4)
tiff("levels_4_bits_4_white_is_zero.tif", [[15 - p[0] // 17] for p in GREY], 0, 4)
tiff("levels_4_bits_palette_4.tif", [[p[0] // 17] for p in GREY], 3, 4, palette=[i * 17 * 257 for i in range(16)] * 3)
tiff("levels_4_bits_8.tif", [[p[0] // 17 * 17] for p in GREY], 1)
tiff("levels_2_bits_2.tif", [[p[0] // 85] for p in GREY], 1, 2)
tiff("levels_2_bits_8.tif", [[p[0] // 85 * 85] for p in GREY], 1)
tiff("levels_1_bits_1.tif", [[p[0] // 128] for p in GREY], 1, 1)
tiff("levels_1_bits_1_white_is_zero.tif", [[1 - p[0] // 128] for p in GREY], 0, 1)
tiff("levels_1_bits_8.tif", [[p[0] // 128 * 255] for p in GREY], 1)
black_and_white = Image.new("1", (WIDTH, HEIGHT))
black_and_white.putdata([p[0] // 128 * 255 for p in GREY])
by_pillow("levels_1_bits_group4.tif", black_and_white, compression="group4")
by_pillow("levels_1_bits_group3.tif", black_and_white, compression="group3")

# As colours.
tiff("rgb_8.tif", RGB, 2)
tiff("rgb_16.tif", wide(RGB), 2, 16)
tiff("rgb_12.tif", scaled(RGB, 4095), 2, 12)
tiff("rgb_planes_8.tif", RGB, 2, planes=True)
tiff("rgb_planes_16.tif", wide(RGB), 2, 16, planes=True, order=">")
tiff("rgb_planes_tiles_8.tif", RGB, 2, planes=True, tile=16)
tiff("rgb_planes_tiles_16.tif", wide(RGB), 2, 16, planes=True, tile=32)
tiff("rgb_planes_deflate_8.tif", RGB, 2, planes=True, compress=zlib.compress, compression=32946, rows=7)
tiff("rgb_packbits_8.tif", RGB, 2, compress=packbits, compression=32773)
tiff("rgb_packbits_over_rows_8.tif", RGB, 2, compress=packbits_over_rows, compression=32773)
tiff("rgb_one_strip_8.tif", RGB, 2, rows=HEIGHT)
tiff("rgb_rows_per_strip_are_endless_8.tif", RGB, 2, rows=HEIGHT, tags={ROWS: (LONG, [0xFFFFFFFF])})
tiff("rgb_bigtiff_8.tif", RGB, 2, big=True)
tiff("rgb_bigtiff_planes_16_big_endian.tif", wide(RGB), 2, 16, big=True, planes=True, order=">")
tiff("rgb_infrared_8.tif", infrared(RGB), 2, extra=[0])
tiff("rgb_infrared_16.tif", wide(infrared(RGB)), 2, 16, extra=[0])
tiff("rgb_infrared_planes_16.tif", wide(infrared(RGB)), 2, 16, extra=[0], planes=True)
tiff("rgb_infrared_unsaid_8.tif", infrared(RGB), 2)
tiff("rgb_five_bands_8.tif", beside(infrared(RGB), 99), 2, extra=[0, 0])
tiff("rgb_two_pages_8.tif", RGB, 2, pages=2)
tiff("rgb_opaque_8.tif", beside(RGB, 255), 2, extra=[2])
by_pillow("rgb_lzw_8.tif", PLAIN, compression="tiff_lzw")

# As colours that lie over white, half seen.
tiff("half_8.tif", [[(s * 128 + 255 * 127 + 127) // 255 for s in p] for p in RGB], 2)
tiff("half_straight_8.tif", beside(RGB, 128), 2, extra=[2])
tiff("half_straight_16.tif", wide(beside(RGB, 128)), 2, 16, extra=[2])
tiff("half_straight_planes_16.tif", wide(beside(RGB, 128)), 2, 16, extra=[2], planes=True)
tiff("half_premultiplied_8.tif", premultiplied(RGB, 128), 2, extra=[1])
tiff("half_premultiplied_16.tif", wide(premultiplied(RGB, 128)), 2, 16, extra=[1])
tiff("half_behind_infrared_8.tif", beside(infrared(RGB), 128), 2, extra=[0, 2])
tiff("half_grey_8.tif", [[(s * 128 + 255 * 127 + 127) // 255 for s in p] for p in GREY], 1)
tiff("half_grey_straight_8.tif", beside(GREY, 128), 1, extra=[2])
tiff("half_grey_straight_16.tif", wide(beside(GREY, 128)), 1, 16, extra=[2])
tiff("half_grey_straight_planes_8.tif", beside(GREY, 128), 1, extra=[2], planes=True)
tiff("half_grey_premultiplied_16.tif", wide(premultiplied(GREY, 128)), 1, 16, extra=[1])
tiff("half_grey_white_is_zero_8.tif", beside(inverted(GREY), 128), 0, extra=[2])

# As inks.
INKS = [[255 - s for s in pixel] + [0] for pixel in RGB]
tiff("cmyk_8.tif", INKS, 5)
tiff("cmyk_16.tif", wide(INKS), 5, 16)
tiff("cmyk_planes_8.tif", INKS, 5, planes=True)
tiff("cmyk_half_straight_8.tif", beside(INKS, 128), 5, extra=[2])

# As JPEG has them, and in its colours without it.
by_pillow("ycbcr_jpeg.tif", PLAIN, compression="jpeg", quality=98)
ycbcr = PLAIN.convert("YCbCr")
tiff("ycbcr_8.tif", [list(ycbcr.getpixel((x, y))) for y in range(HEIGHT) for x in range(WIDTH)], 6,
     tags={530: (SHORT, [1, 1])})
tiff("lab_8.tif", [[(i * 5) % 256, 0, 0] for i in range(WIDTH * HEIGHT)], 8)

# What cannot be used.
tiff("refused_float_16.tif", wide(GREY), 1, 16, form=3)
tiff("refused_float_32.tif", GREY, 1, 32, form=3)
tiff("refused_float_64.tif", GREY, 1, 64, form=3)
tiff("refused_signed_8.tif", GREY, 1, form=2)
tiff("refused_signed_16.tif", wide(GREY), 1, 16, form=2)
tiff("refused_complex_32.tif", GREY, 1, 32, form=5)
tiff("refused_32_bits.tif", GREY, 1, 32)
tiff("refused_five_grey_bands_8.tif", beside(GREY, 1, 2, 3, 4), 1, extra=[0, 0, 0, 0])
tiff("refused_two_grey_bands_16.tif", wide(beside(GREY, 9)), 1, 16, extra=[0])
tiff("refused_two_bands_of_three_16.tif", wide(beside(GREY, 9)), 2, 16)
tiff("refused_fewer_samples_than_colours_8.tif", GREY, 2)
tiff("refused_palette_and_alpha_8.tif", beside(GREY, 128), 3, extra=[2], palette=[i * 257 for i in range(256)] * 3)
tiff("refused_other_inks_8.tif", INKS, 5, tags={332: (SHORT, [2])})
tiff("refused_mask_1.tif", [[p[0] // 128] for p in GREY], 4, 1)
tiff("refused_bare_sensor_16.tif", wide(GREY), 32803, 16)
tiff("refused_unknown_colours_8.tif", RGB, 77)
tiff("refused_lzma_8.tif", RGB, 2, compression=34925)
tiff("refused_old_jpeg_8.tif", RGB, 2, compression=6)
tiff("refused_raw_photograph.tif", RGB, 2, tags={50706: (BYTE, [1, 4, 0, 0])})
tiff("refused_preview_first.tif", RGB, 2, tags={254: (LONG, [1])}, pages=2)

# What is damaged.
tiff("damaged_no_palette.tif", [[p[0] // 17] for p in GREY], 3, 4)
tiff("damaged_strip_too_short.tif", RGB, 2, tags={COUNTS: (LONG, [WIDTH * 16 * 3, 100])})
tiff("damaged_strip_missing.tif", RGB, 2, tags={COUNTS: (LONG, [WIDTH * 16 * 3, 0])})
tiff("damaged_deflate.tif", RGB, 2, compression=8,
     compress=lambda data: (lambda z: z[:40] + bytes(20) + z[60:])(zlib.compress(data)))
tiff("damaged_deflate_is_too_short.tif", RGB, 2, compression=8, compress=lambda data: zlib.compress(data[:-50]))
tiff("damaged_tile_larger_than_any_picture.tif", RGB, 2, tile=16,
     tags={TILE_WIDTH: (LONG, [1 << 20]), TILE_HEIGHT: (LONG, [1 << 20])})
tiff("damaged_one_pixel_tiles.tif", RGB, 2, tile=16, tags={
    WIDTH_TAG: (LONG, [14000]), HEIGHT_TAG: (LONG, [14000]), TILE_WIDTH: (LONG, [1]), TILE_HEIGHT: (LONG, [1])})
tiff("damaged_no_size.tif", RGB, 2, tags={WIDTH_TAG: (LONG, [0])})
HUGE = 14000
tiff("damaged_huge_strip_of_planes.tif", RGB, 2, planes=True, rows=HEIGHT, compression=8, compress=zlib.compress,
     tags={WIDTH_TAG: (LONG, [HUGE]), HEIGHT_TAG: (LONG, [HUGE]), ROWS: (LONG, [HUGE])})
# Small, and more than is held at once: read row by row.
EDGE = 4700
tiff("huge_strip.tif", wide([[7, 7, 7]]), 2, 16, width=1, height=1, rows=1, compression=50000,
     compress=lambda data: zstandard.compress(data * EDGE * EDGE),
     tags={WIDTH_TAG: (LONG, [EDGE]), HEIGHT_TAG: (LONG, [EDGE]), ROWS: (LONG, [EDGE])})
# The directory that follows is the first one itself.
loop = (HERE / "rgb_8.tif").read_bytes()
at = struct.unpack("<I", loop[4:8])[0]
end = at + 2 + 12 * struct.unpack("<H", loop[at:at + 2])[0]
(HERE / "rgb_directories_in_a_ring_8.tif").write_bytes(loop[:end] + struct.pack("<I", at) + loop[end + 4:])
