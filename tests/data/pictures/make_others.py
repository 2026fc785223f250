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


# --- GIF --------------------------------------------------------------------------------------------------------------

def gif(name, screen, frames, palette, transparent=None, interlaced=False, trailer=b";"):
    """`frames`: (left, top, indices). Codes of 9 bits that never become words: long, but plain to see."""
    body = b"GIF89a" + struct.pack("<HHBBB", *screen, 0xF0 | (len(palette) // 3).bit_length() - 2, 0, 0) + palette
    for left, top, indices in frames:
        rows, columns = indices.shape
        if transparent is not None:
            body += b"\x21\xF9\x04\x01\x00\x00" + bytes([transparent]) + b"\0"
        body += b"," + struct.pack("<HHHHB", left, top, columns, rows, 0x40 if interlaced else 0) + b"\x08"
        if interlaced:
            order = [y for first, step in ((0, 8), (4, 8), (2, 4), (1, 2)) for y in range(first, rows, step)]
            indices = indices[order]
        bits, count, data = 0, 0, bytearray()
        for i, value in enumerate(indices.reshape(-1)):
            for code in ([256] if i % 250 == 0 else []) + [int(value)]:
                bits |= code << count
                count += 9
                while count >= 8:
                    data.append(bits & 255)
                    bits >>= 8
                    count -= 8
        bits |= 257 << count
        count += 9
        data += bits.to_bytes((count + 7) // 8, "little")
        for start in range(0, len(data), 255):
            part = data[start:start + 255]
            body += bytes([len(part)]) + part
        body += b"\0"
    with open(name, "wb") as file:
        file.write(body + trailer)


cube = [(r * 51, g * 51, b * 51) for r in range(6) for g in range(6) for b in range(6)]
palette = bytes(v for colour in cube for v in colour) + bytes((256 - len(cube)) * 3)
steps = np.round(plain / 51.0).astype(int)
indices = steps[..., 0] * 36 + steps[..., 1] * 6 + steps[..., 2]
gif("plain.gif", (width, height), [(0, 0, indices)], palette)
gif("interlaced.gif", (width, height), [(0, 0, indices)], palette, interlaced=True)
gif("two_frames.gif", (width, height), [(0, 0, indices), (0, 0, indices * 0)], palette)
clear = indices.copy()
clear[:, :20] = 255
gif("half_transparent.gif", (width, height), [(0, 0, clear)], palette, transparent=255)
gif("frame_beside_the_corner.gif", (width, height), [(20, 0, indices[:, 20:])], palette)
gif("header_says_30000_x_30000.gif", (30000, 30000), [(0, 0, indices)], palette)
gif("pixel_without_a_colour.gif", (width, height), [(0, 0, indices)], palette[:48])
whole = open("plain.gif", "rb").read()
open("cut_in_the_middle.gif", "wb").write(whole[:len(whole) * 2 // 3])
open("cut_in_the_header.gif", "wb").write(whole[:10])
spoilt = bytearray(whole)
spoilt[len(whole) - 900:len(whole) - 880] = b"\xFF" * 20
open("damaged_pixels.gif", "wb").write(spoilt)


# --- Portable maps ----------------------------------------------------------------------------------------------------

def portable(name, header, pixels):
    with open(name, "wb") as file:
        file.write(header.encode() + pixels)


portable("plain.ppm", f"P6\n# a comment\n{width} {height}\n255\n", plain.tobytes())
portable("grey.pgm", f"P5 {width} {height} 255\n", grey.tobytes())
portable("sixteen_bits.ppm", f"P6 {width} {height} 65535\n", (plain.astype(">u2") * 257).tobytes())
portable("of_one_hundred.ppm", f"P6 {width} {height} 100\n", np.round(plain / 2.55).astype(np.uint8).tobytes())
portable("bits.pbm", f"P4 {width} {height}\n", np.packbits(grey < 128, axis=1).tobytes())
portable("cut_in_the_middle.ppm", f"P6 {width} {height} 255\n", plain.tobytes()[:2000])
portable("header_says_30000_x_30000.pgm", "P5 30000 30000 255\n", grey.tobytes())
portable("written_as_text.ppm", f"P3 {width} {height} 255\n", " ".join(map(str, plain.reshape(-1))).encode())


# --- WebP -------------------------------------------------------------------------------------------------------------

frames = [Image.fromarray(plain), Image.fromarray(255 - plain)]
frames[0].save("animated.webp", lossless=True, save_all=True, append_images=frames[1:], duration=100)


# --- HEIC and AVIF ----------------------------------------------------------------------------------------------------

import pillow_heif  # noqa: E402

big = np.asarray(Image.fromarray(plain))
half = Image.fromarray(np.dstack([plain, np.full(grey.shape, 128, np.uint8)]), "RGBA")
for extension, kind in (("heic", "HEIF"), ("avif", "AVIF")):
    options = {"format": kind, "quality": 95, "chroma": 444} if kind == "HEIF" else {
        "format": kind, "quality": 95, "subsampling": "4:4:4"}
    pillow_heif.register_heif_opener()
    Image.fromarray(plain).save(f"plain.{extension}", **options)
    half.save(f"alpha_half.{extension}", **options)
    turned = Image.Exif()
    turned[0x0112] = 6
    # As a phone held upright stores it: lying, and to be turned.
    Image.fromarray(np.rot90(plain)).save(f"turned.{extension}", exif=turned.tobytes(), **options)
    whole = open(f"plain.{extension}", "rb").read()
    open(f"cut_in_the_middle.{extension}", "wb").write(whole[:-300])
    open(f"cut_in_the_header.{extension}", "wb").write(whole[:60])
    at = whole.index(b"ispe") + 8
    large = bytearray(whole)
    large[at:at + 8] = struct.pack(">II", 30000, 30000)
    open(f"header_says_30000_x_30000.{extension}", "wb").write(large)
# HEVC has no check of its own; AV1 has a little.
whole = open("plain.avif", "rb").read()
at = whole.index(b"mdat") + 24
spoilt = whole[:at] + b"\xA5" * (len(whole) - at)
open("damaged_pixels.avif", "wb").write(spoilt)
open("damaged_pixels_of_another_brand.avif", "wb").write(spoilt[:8] + b"mif1" + spoilt[12:])
ten = pillow_heif.from_bytes("RGB;16", (width, height), (plain.astype(np.uint16) * 257).tobytes())
pillow_heif.options.SAVE_HDR_TO_12_BIT = False
ten.save("ten_bits.heic", quality=95, chroma=444)


# --- JPEG 2000 --------------------------------------------------------------------------------------------------------

Image.fromarray(plain).save("plain.jp2", irreversible=False)
Image.fromarray(plain).save("plain.j2k", irreversible=False, no_jp2=True)
Image.fromarray(grey).save("grey.jp2", irreversible=False)
Image.fromarray(grey.astype(np.uint16) * 257).save("sixteen_bits.jp2", irreversible=False)
half.save("alpha_half.jp2", irreversible=False)
Image.fromarray(plain).save("tiles.jp2", irreversible=False, tile_size=(16, 16))
Image.fromarray(plain).convert("YCbCr").save("luma_and_chroma.jp2", irreversible=False, mct=0)
whole = open("plain.jp2", "rb").read()
at = whole.index(b"\xFF\x4F\xFF\x51")
open("cut_in_the_middle.jp2", "wb").write(whole[:at + (len(whole) - at) * 2 // 3])
open("cut_in_the_header.jp2", "wb").write(whole[:at + 20])


def changed_size(name, *fields):
    changed = bytearray(whole)
    changed[at + 8:at + 8 + 4 * len(fields)] = struct.pack(f">{len(fields)}I", *fields)
    open(name, "wb").write(changed)


changed_size("header_says_30000_x_30000.jp2", 30000, 30000)
changed_size("header_says_14000_x_14000.jp2", 14000, 14000, 0, 0, 14000, 14000)
changed_size("header_says_a_million_tiles.jp2", 10000, 10000, 0, 0, 10, 10)


# --- BMP --------------------------------------------------------------------------------------------------------------

def bmp(name, bits, compression, masks, rows):
    head = struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, compression, 0, 0, 0, 0, 0)
    head += b"".join(struct.pack("<I", mask) for mask in masks)
    pixels = b"".join(row + bytes(-len(row) % 4) for row in reversed(rows))
    with open(name, "wb") as file:
        file.write(b"BM" + struct.pack("<IHHI", 14 + len(head) + len(pixels), 0, 0, 14 + len(head)) + head + pixels)


padded = np.concatenate([np.zeros((height, width, 1), np.uint8), plain[..., ::-1]], axis=2)
bmp("masks_of_another_order.bmp", 32, 3, (0xFF000000, 0xFF0000, 0xFF00), [row.tobytes() for row in padded])
wide = plain.astype(int)
packed = (wide[..., 0] >> 3) << 11 | (wide[..., 1] >> 2) << 5 | wide[..., 2] >> 3
bmp("sixteen_bits.bmp", 16, 3, (0xF800, 0x07E0, 0x1F), [row.astype("<u2").tobytes() for row in packed])
bmp("two_bits.bmp", 2, 0, (), [bytes((width + 3) // 4) for _ in range(height)])
bmp("jpeg_inside.bmp", 0, 4, (), [b"\xFF\xD8\xFF\xD9"])
