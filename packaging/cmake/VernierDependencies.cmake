find_package(Threads REQUIRED)
find_package(VernierTorch REQUIRED)

find_package(VernierOpenCV 4.5 REQUIRED)
find_package(VernierOnnx REQUIRED)

find_package(nlohmann_json 3.10 REQUIRED)
find_package(CLI11 2.1 REQUIRED)
find_package(tl-expected REQUIRED)
find_package(OpenSSL 3.0 REQUIRED COMPONENTS Crypto)

find_package(PkgConfig REQUIRED)
pkg_check_modules(png REQUIRED IMPORTED_TARGET libpng)
pkg_check_modules(turbojpeg REQUIRED IMPORTED_TARGET libturbojpeg)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(curl REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(archive REQUIRED IMPORTED_TARGET libarchive)
pkg_search_module(hdf5 REQUIRED IMPORTED_TARGET hdf5-serial hdf5)

set(VERNIER_HAS_UI OFF)
if(VERNIER_BUILD_UI)
    find_package(Qt6 6.4 QUIET COMPONENTS Core Gui Widgets Charts Concurrent Svg)
    if(Qt6_FOUND)
        set(VERNIER_HAS_UI ON)
    else()
        message(STATUS "Qt 6 with Widgets, Charts, Concurrent and Svg was not found: "
            "the window is left out, core and vernier-cli are built.")
    endif()
endif()
