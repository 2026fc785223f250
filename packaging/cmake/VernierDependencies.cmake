find_package(Threads REQUIRED)
find_package(VernierTorch REQUIRED)

# Asking for the components alone keeps OpenCV's gui and video modules out of the link line.
find_package(OpenCV 4.5 REQUIRED COMPONENTS core imgproc imgcodecs dnn)
add_library(vernier_opencv INTERFACE)
add_library(Vernier::OpenCV ALIAS vernier_opencv)
target_include_directories(vernier_opencv SYSTEM INTERFACE ${OpenCV_INCLUDE_DIRS})
target_link_libraries(vernier_opencv INTERFACE opencv_core opencv_imgproc opencv_imgcodecs opencv_dnn)

find_package(nlohmann_json 3.10 REQUIRED)
find_package(CLI11 2.1 REQUIRED)
find_package(tl-expected REQUIRED)
find_package(OpenSSL 3.0 REQUIRED COMPONENTS Crypto)

find_package(PkgConfig REQUIRED)
pkg_check_modules(turbojpeg REQUIRED IMPORTED_TARGET libturbojpeg)
pkg_check_modules(exif REQUIRED IMPORTED_TARGET libexif)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)

find_package(VernierOnnx REQUIRED)

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
