# Vernier::Flags: what every target of our own is compiled with. Code of others is never compiled with it.

add_library(vernier_flags INTERFACE)
add_library(Vernier::Flags ALIAS vernier_flags)

target_compile_features(vernier_flags INTERFACE cxx_std_20)
target_include_directories(vernier_flags INTERFACE "${CMAKE_SOURCE_DIR}")
target_compile_options(vernier_flags INTERFACE
    -Wall
    -Wextra
    -Wpedantic
    -Wshadow
    -Wnon-virtual-dtor
    -Woverloaded-virtual
    -Wcast-align
    -Wimplicit-fallthrough
    -fno-math-errno)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # -fpch-preprocess lets ccache see what a precompiled header stands for.
    target_compile_options(vernier_flags INTERFACE -Wduplicated-cond -Wlogical-op -fpch-preprocess)
    if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
        # Sees overlaps in std::string's own insert() and operator+ that are not there (GCC bug 105329).
        target_compile_options(vernier_flags INTERFACE -Wno-restrict)
    endif()
endif()
if(VERNIER_WERROR)
    target_compile_options(vernier_flags INTERFACE -Werror)
endif()

if(VERNIER_ASSERTIONS)
    target_compile_definitions(vernier_flags INTERFACE _GLIBCXX_ASSERTIONS)
endif()

if(VERNIER_SANITIZE)
    # vptr needs type information that LibTorch keeps hidden, so it would not link.
    target_compile_options(vernier_flags INTERFACE
        "-fsanitize=${VERNIER_SANITIZE}" -fno-sanitize=vptr -fno-omit-frame-pointer)
    target_link_options(vernier_flags INTERFACE "-fsanitize=${VERNIER_SANITIZE}" -fno-sanitize=vptr)
    if(VERNIER_SANITIZE MATCHES "undefined")
        target_compile_options(vernier_flags INTERFACE -fno-sanitize-recover=undefined)
    endif()
endif()
