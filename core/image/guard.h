#pragma once

#include "core/image/header.h"

#include <new>

#include <opencv2/core.hpp>

namespace vernier {

/// Calls `work`, which answers a Result, and makes what it throws one: every function of this room
/// that can fail is called on threads that nothing may leave. Private to core/image.
template <class Work>
auto guarded(const std::filesystem::path& name, const Work& work) -> decltype(work())
{
    try {
        return work();
    } catch (const cv::Exception& exception) {
        if (exception.code == cv::Error::StsNoMem)
            return fail(ErrorCode::OutOfMemory, "there is not enough memory for it", name);
        return damaged(name, "its pixels cannot be read");
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory, "there is not enough memory for it", name);
    } catch (const std::exception& exception) {
        return damaged(name, std::string("its decoder says \"") + exception.what() + "\"");
    }
}

} // namespace vernier
