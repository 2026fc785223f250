# ccache is used where it is found, unless a launcher was chosen already.
#
# A precompiled header needs the sloppiness below, or ccache refuses every file that uses one. The base directory makes
# paths inside the checkout relative, so that two checkouts of the same sources share their hits.

if(CMAKE_CXX_COMPILER_LAUNCHER)
    return()
endif()

find_program(VERNIER_CCACHE ccache)
mark_as_advanced(VERNIER_CCACHE)
if(VERNIER_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER
        "${CMAKE_COMMAND}" -E env
        "CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime"
        "CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}"
        "CCACHE_NOHASHDIR=1"
        "${VERNIER_CCACHE}")
endif()
