#pragma once

#include <cstddef>
#include <cstdio>
#include <span>

#include <jpeglib.h>

namespace vernier {

/// Whether libjpeg lost its way in a sequential scan that it decoded to its last pixel without a
/// complaint, with bytes left behind that. Huffman's codes hardly ever show by themselves that they
/// are read from a wrong place, so the scan's codes are walked along once more, without pixels, and
/// held against all that ITU T.81 says of them: no code, size or run that cannot be, no coefficient
/// beyond what 8 bits can give, ones to the end of the last byte. Where all of that holds, the
/// bytes left behind are more of the data only if they are more than a few, and go on as codes to
/// exactly their end.
///
/// Of 8941 photographs damaged in one place (1 to 4096 bytes overwritten, lost or inserted) with
/// bytes left behind, all showed so; of 4305 whole ones with 9 to 2200 other bytes in front of the
/// end, 17 did.
///
/// `info`: at the scan's end, before the next one is read; `data`: where the scan's begin in
/// `file`. Private to core/image.
bool hasLostItsWay(
    const jpeg_decompress_struct& info, std::span<const std::byte> file, std::size_t data);

/// Whether no picture has the codes of a sequential scan whose data begin at `data`: one that
/// nothing begins with, or numbers far beyond what pixels can come to. So data show that were
/// overwritten with something that libjpeg decodes to noise without a word: of 800 photographs with
/// 512 or 4096 bytes of zeros in the middle of their data 37 passed without it, and 6 with it.
bool isImpossible(
    const jpeg_decompress_struct& info, std::span<const std::byte> file, std::size_t data);

} // namespace vernier
