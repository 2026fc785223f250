# ccache is used where it is found, unless a launcher was chosen already.
#
# A precompiled header needs the sloppiness below, or ccache refuses every file that uses one; more of it would keep
# objects under the wrong sources where headers change during a build. The base directory makes paths inside the
# checkout relative, so that two checkouts of the same sources share their hits.

if(CMAKE_CXX_COMPILER_LAUNCHER)
    return()
endif()

find_program(VERNIER_CCACHE ccache)
mark_as_advanced(VERNIER_CCACHE)
if(VERNIER_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER
        "${CMAKE_COMMAND}" -E env
        "CCACHE_SLOPPINESS=pch_defines,time_macros"
        "CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}"
        "CCACHE_NOHASHDIR=1"
        "${VERNIER_CCACHE}")
endif()
