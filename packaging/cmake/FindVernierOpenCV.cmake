# Vernier::OpenCV: the four parts of OpenCV that Vernier uses.
#
# OpenCV's own CMake file comes with Debian's libopencv-dev only, which drags in 240 packages more (a 3D viewer, Java
# and Fortran libraries) than the four small ones that hold these parts.

find_path(VernierOpenCV_INCLUDE_DIR opencv2/core.hpp PATH_SUFFIXES opencv4)
mark_as_advanced(VernierOpenCV_INCLUDE_DIR)
set(_libraries "")
set(_variables "")
foreach(_part IN ITEMS core imgproc imgcodecs dnn)
    find_library(VernierOpenCV_${_part}_LIBRARY opencv_${_part})
    mark_as_advanced(VernierOpenCV_${_part}_LIBRARY)
    list(APPEND _variables VernierOpenCV_${_part}_LIBRARY)
    list(APPEND _libraries "${VernierOpenCV_${_part}_LIBRARY}")
endforeach()

set(VernierOpenCV_VERSION "")
if(EXISTS "${VernierOpenCV_INCLUDE_DIR}/opencv2/core/version.hpp")
    foreach(_part IN ITEMS MAJOR MINOR REVISION)
        file(STRINGS "${VernierOpenCV_INCLUDE_DIR}/opencv2/core/version.hpp" _line
            REGEX "^#define CV_VERSION_${_part} " LIMIT_COUNT 1)
        string(REGEX MATCH "[0-9]+$" _number "${_line}")
        list(APPEND VernierOpenCV_VERSION "${_number}")
    endforeach()
    list(JOIN VernierOpenCV_VERSION "." VernierOpenCV_VERSION)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(VernierOpenCV
    REQUIRED_VARS VernierOpenCV_INCLUDE_DIR ${_variables}
    VERSION_VAR VernierOpenCV_VERSION
    REASON_FAILURE_MESSAGE "Run `packaging/dev setup`, or install OpenCV 4 with core, imgproc, imgcodecs and dnn.")

if(VernierOpenCV_FOUND AND NOT TARGET Vernier::OpenCV)
    add_library(vernier_opencv INTERFACE)
    add_library(Vernier::OpenCV ALIAS vernier_opencv)
    target_include_directories(vernier_opencv SYSTEM INTERFACE "${VernierOpenCV_INCLUDE_DIR}")
    target_link_libraries(vernier_opencv INTERFACE ${_libraries})
endif()
