# Vernier::Torch from a torch wheel's torch/ folder or from an unpacked LibTorch archive.
#
# LibTorch's own package insists on the CUDA toolkit as soon as the library was built with CUDA, and links its CUDA
# half. Vernier loads that half at run time, so one program serves machines with and without a GPU; hence this file.
#
#   VERNIER_TORCH_ROOT   the folder that holds include/ and lib/ (cache or environment variable)

set(_default_root "")
foreach(_flavour IN ITEMS cuda cpu)
    set(_candidate "$ENV{HOME}/.cache/vernier/libtorch-2.11.0-${_flavour}/torch")
    if(NOT _default_root AND EXISTS "${_candidate}/lib/libtorch_cpu.so")
        set(_default_root "${_candidate}")
    endif()
endforeach()
if(NOT "$ENV{VERNIER_TORCH_ROOT}" STREQUAL "")
    set(_default_root "$ENV{VERNIER_TORCH_ROOT}")
endif()
# An empty entry is left by an earlier configure that found nothing.
if("${VERNIER_TORCH_ROOT}" STREQUAL "")
    unset(VERNIER_TORCH_ROOT CACHE)
endif()
set(VERNIER_TORCH_ROOT "${_default_root}" CACHE PATH "A torch wheel's torch/ folder or an unpacked LibTorch archive")

find_path(VernierTorch_INCLUDE_DIR torch/script.h
    PATHS "${VERNIER_TORCH_ROOT}/include" NO_DEFAULT_PATH NO_CACHE)
find_path(VernierTorch_API_INCLUDE_DIR torch/torch.h
    PATHS "${VERNIER_TORCH_ROOT}/include/torch/csrc/api/include" NO_DEFAULT_PATH NO_CACHE)
find_library(VernierTorch_CPU_LIBRARY torch_cpu PATHS "${VERNIER_TORCH_ROOT}/lib" NO_DEFAULT_PATH NO_CACHE)
find_library(VernierTorch_C10_LIBRARY c10 PATHS "${VERNIER_TORCH_ROOT}/lib" NO_DEFAULT_PATH NO_CACHE)

set(VernierTorch_VERSION "")
set(_version_header "${VernierTorch_INCLUDE_DIR}/torch/headeronly/version.h")
if(NOT EXISTS "${_version_header}")
    set(_version_header "${VernierTorch_API_INCLUDE_DIR}/torch/version.h")
endif()
if(EXISTS "${_version_header}")
    foreach(_part IN ITEMS MAJOR MINOR PATCH)
        file(STRINGS "${_version_header}" _line REGEX "^#define TORCH_VERSION_${_part} " LIMIT_COUNT 1)
        string(REGEX MATCH "[0-9]+$" _number "${_line}")
        list(APPEND VernierTorch_VERSION "${_number}")
    endforeach()
    list(JOIN VernierTorch_VERSION "." VernierTorch_VERSION)
endif()

include(FindPackageHandleStandardArgs)
if("${VERNIER_TORCH_ROOT}" STREQUAL "")
    set(_looked_in "No LibTorch lies in ~/.cache/vernier and VERNIER_TORCH_ROOT is not set.")
else()
    set(_looked_in "VERNIER_TORCH_ROOT is ${VERNIER_TORCH_ROOT}, which holds no whole LibTorch.")
endif()
find_package_handle_standard_args(VernierTorch
    REQUIRED_VARS VernierTorch_CPU_LIBRARY VernierTorch_C10_LIBRARY
                  VernierTorch_INCLUDE_DIR VernierTorch_API_INCLUDE_DIR
    VERSION_VAR VernierTorch_VERSION
    REASON_FAILURE_MESSAGE "${_looked_in}
    Run `packaging/dev setup` to fetch it, or set VERNIER_TORCH_ROOT to a torch wheel's torch/ folder or an unpacked LibTorch archive.")

if(VernierTorch_FOUND AND NOT TARGET Vernier::Torch)
    # The two kinds of archive differ in the std::string they were built with; a wrong guess only shows at link time.
    set(_cxx11_abi 1)
    set(_torch_config "${VERNIER_TORCH_ROOT}/share/cmake/Torch/TorchConfig.cmake")
    if(EXISTS "${_torch_config}")
        file(STRINGS "${_torch_config}" _abi_line REGEX "_GLIBCXX_USE_CXX11_ABI=[01]" LIMIT_COUNT 1)
        if(_abi_line MATCHES "_GLIBCXX_USE_CXX11_ABI=0")
            set(_cxx11_abi 0)
        endif()
    endif()

    add_library(vernier_torch_c10 SHARED IMPORTED)
    set_target_properties(vernier_torch_c10 PROPERTIES
        IMPORTED_LOCATION "${VernierTorch_C10_LIBRARY}")

    # Headers alone, for object libraries.
    add_library(vernier_torch_headers INTERFACE)
    add_library(Vernier::TorchHeaders ALIAS vernier_torch_headers)
    target_include_directories(vernier_torch_headers SYSTEM INTERFACE
        "${VernierTorch_API_INCLUDE_DIR}" "${VernierTorch_INCLUDE_DIR}")
    target_compile_definitions(vernier_torch_headers INTERFACE "_GLIBCXX_USE_CXX11_ABI=${_cxx11_abi}")
    # at::parallel_for is a template that runs in one thread where its user is compiled without OpenMP.
    target_compile_options(vernier_torch_headers INTERFACE -fopenmp)
    # LibTorch's own copy where it has one: with two, each would start its own threads.
    file(GLOB _openmp "${VERNIER_TORCH_ROOT}/lib/libgomp*.so*" "${VERNIER_TORCH_ROOT}/../torch.libs/libgomp*.so*")
    list(APPEND _openmp gomp)
    list(GET _openmp 0 _openmp)

    add_library(Vernier::Torch SHARED IMPORTED)
    # libtorch_cpu names CUDA's run-time library, and its own run path finds that only when it is loaded: the linker
    # must not look for it.
    set_target_properties(Vernier::Torch PROPERTIES
        IMPORTED_LOCATION "${VernierTorch_CPU_LIBRARY}"
        INTERFACE_LINK_LIBRARIES "vernier_torch_headers;vernier_torch_c10;${_openmp}"
        INTERFACE_LINK_OPTIONS "LINKER:--allow-shlib-undefined")
    set(VernierTorch_LIBRARY_DIR "${VERNIER_TORCH_ROOT}/lib")

    # A wheel that was moved out of its folder, and an archive, find NVIDIA's libraries through the program's run path.
    file(GLOB _nvidia_dirs LIST_DIRECTORIES true "${VERNIER_TORCH_ROOT}/../nvidia/*/lib")
    foreach(_dir IN LISTS _nvidia_dirs)
        cmake_path(NORMAL_PATH _dir)
        list(APPEND CMAKE_BUILD_RPATH "${_dir}")
        list(APPEND CMAKE_INSTALL_RPATH "${_dir}")
    endforeach()
endif()
