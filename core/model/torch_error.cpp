#include "core/model/torch_error.h"

#include <algorithm>
#include <new>

#include <c10/util/Exception.h>

namespace vernier {

Error torchError(
    const std::exception& thrown, std::string_view doing, const std::filesystem::path& file)
{
    const auto* foreign = dynamic_cast<const c10::Error*>(&thrown);
    std::string_view text = foreign ? foreign->what_without_backtrace() : thrown.what();
    // The CPU's allocator has no exception type of its own, and TorchScript's interpreter passes on
    // the words alone.
    if (dynamic_cast<const c10::OutOfMemoryError*>(&thrown)
        || dynamic_cast<const std::bad_alloc*>(&thrown)
        || text.find("can't allocate memory") != std::string_view::npos
        || text.find("out of memory") != std::string_view::npos)
        return { ErrorCode::OutOfMemory, std::string(doing) + ": there is not enough memory", file,
            "close other programs and try again" };
    text.remove_prefix(std::min(text.find_first_not_of('\n'), text.size()));
    text = text.substr(0, text.find('\n'));
    return { ErrorCode::Internal, std::string(doing) + ": " + std::string(text), file, {} };
}

} // namespace vernier
