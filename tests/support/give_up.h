#pragma once

#include <cstdlib>
#include <iostream>
#include <string_view>

namespace vernier::test {

/// Ends the program where a test or a benchmark cannot even be set up.
[[noreturn]] inline void giveUp(std::string_view why)
{
    std::cerr << why << std::endl;
    std::abort();
}

} // namespace vernier::test
