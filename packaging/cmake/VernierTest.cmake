# vernier_add_test(NAME tst_x SOURCES file... LABELS core|ui|cli|style
#                  [LIBRARIES target...] [TIMEOUT seconds] [ENVIRONMENT NAME=value...] [TORCH])
#
# A QtTest program. It is linked with Qt Test and vernier_test_support; a test labelled ui also gets Qt Gui and
# vernier_ui, one labelled core gets vernier_core. TORCH gives it LibTorch's headers and core's precompiled header.
#
# All tests run without a display, in English, and with a home folder of their own, so that none reads or changes the
# settings of whoever runs them.

function(vernier_add_test)
    cmake_parse_arguments(PARSE_ARGV 0 arg "TORCH" "NAME;TIMEOUT" "SOURCES;LIBRARIES;LABELS;ENVIRONMENT")
    if(arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "vernier_add_test: what is ${arg_UNPARSED_ARGUMENTS}?")
    endif()
    if(NOT arg_NAME OR NOT arg_SOURCES OR NOT arg_LABELS)
        message(FATAL_ERROR "vernier_add_test needs NAME, SOURCES and LABELS")
    endif()
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 120)
    endif()
    if(VERNIER_SANITIZE)
        math(EXPR arg_TIMEOUT "${arg_TIMEOUT} * 5")
    endif()

    add_executable(${arg_NAME} ${arg_SOURCES})
    set_target_properties(${arg_NAME} PROPERTIES
        AUTOMOC ON
        RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")
    target_compile_definitions(${arg_NAME} PRIVATE QT_NO_KEYWORDS)
    target_link_libraries(${arg_NAME} PRIVATE Vernier::Flags vernier_test_support Qt6::Test ${arg_LIBRARIES})
    if("core" IN_LIST arg_LABELS OR "cli" IN_LIST arg_LABELS)
        target_link_libraries(${arg_NAME} PRIVATE Vernier::Core)
    endif()
    if("ui" IN_LIST arg_LABELS)
        target_link_libraries(${arg_NAME} PRIVATE Vernier::Ui)
    endif()
    if("cli" IN_LIST arg_LABELS)
        add_dependencies(${arg_NAME} vernier-cli)
        target_compile_definitions(${arg_NAME} PRIVATE VERNIER_CLI="$<TARGET_FILE:vernier-cli>")
    endif()
    if(arg_TORCH)
        target_link_libraries(${arg_NAME} PRIVATE Vernier::Torch)
        target_precompile_headers(${arg_NAME} REUSE_FROM vernier_core_torch)
    endif()

    set(home "${CMAKE_BINARY_DIR}/tests/home/${arg_NAME}")
    file(MAKE_DIRECTORY "${home}")
    add_test(NAME ${arg_NAME} COMMAND ${arg_NAME})
    set_tests_properties(${arg_NAME} PROPERTIES
        LABELS "${arg_LABELS}"
        TIMEOUT ${arg_TIMEOUT}
        ENVIRONMENT "QT_QPA_PLATFORM=offscreen;QT_FONT_DPI=96;QT_SCALE_FACTOR=1;LC_ALL=C.UTF-8;TZ=UTC;HOME=${home};XDG_CONFIG_HOME=${home}/config;XDG_CACHE_HOME=${home}/cache;XDG_DATA_HOME=${home}/data;VERNIER_CACHE=${home}/features;FONTCONFIG_PATH=/etc/fonts;${arg_ENVIRONMENT}")

    # The name of the label is also a target, so that a part of the tests can be built alone.
    foreach(label IN LISTS arg_LABELS)
        if(NOT TARGET tests_${label})
            add_custom_target(tests_${label})
        endif()
        add_dependencies(tests_${label} ${arg_NAME})
    endforeach()
endfunction()

# vernier_use_thread_limit(TARGET)
#
# For tests of what happens where the system has no thread left: see tests/support/thread_limit.h. It is no part of the
# library there, or every program would start its threads through it.

function(vernier_use_thread_limit target)
    target_sources(${target} PRIVATE "${PROJECT_SOURCE_DIR}/tests/support/thread_limit.cpp")
endfunction()

# vernier_use_stand_in_reader(TARGET)
#
# For tests of what happens when vernier-reader goes wrong: STAND_IN_READER is the program that takes its place.

function(vernier_use_stand_in_reader target)
    add_dependencies(${target} stand_in_reader)
    target_compile_definitions(${target} PRIVATE STAND_IN_READER="$<TARGET_FILE:stand_in_reader>")
endfunction()

# vernier_add_bench(NAME bench_x SOURCES file... [LIBRARIES target...])
#
# A program that measures and prints; `packaging/dev bench` builds them all.

function(vernier_add_bench)
    cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME" "SOURCES;LIBRARIES")
    add_executable(${arg_NAME} ${arg_SOURCES})
    set_target_properties(${arg_NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bench")
    target_link_libraries(${arg_NAME} PRIVATE Vernier::Flags ${arg_LIBRARIES})
    add_dependencies(bench ${arg_NAME})
endfunction()

# vernier_need_torch_alone(TARGET)
#
# For programs that run on a machine with a GPU where nothing but LibTorch was installed: links the parts of core that
# are used, and neither Qt nor OpenCV nor what else other parts need. What core uses of OpenSSL and xxHash is linked
# statically where the system has it so.

function(vernier_need_torch_alone target)
    target_sources(${target} PRIVATE "${PROJECT_SOURCE_DIR}/tests/gpu/no_other_weights.cpp")
    target_link_options(${target} PRIVATE LINKER:--as-needed)
    target_link_libraries(${target} PRIVATE
        Vernier::Flags vernier_test_support Vernier::Core CLI11::CLI11)
    foreach(name IN ITEMS crypto xxhash)
        find_library(VERNIER_STATIC_${name} "lib${name}.a")
        mark_as_advanced(VERNIER_STATIC_${name})
        if(VERNIER_STATIC_${name})
            # Ahead of the shared ones, which then have nothing left to give.
            target_link_libraries(${target} PRIVATE "${VERNIER_STATIC_${name}}")
        endif()
    endforeach()
    if(VERNIER_BUILD_TESTS)
        add_test(NAME ${target}_needs_torch_alone
            COMMAND "${CMAKE_COMMAND}" "-DREADELF=${CMAKE_READELF}" "-DPROGRAM=$<TARGET_FILE:${target}>"
                -P "${PROJECT_SOURCE_DIR}/tests/gpu/needs_torch_alone.cmake")
        set_tests_properties(${target}_needs_torch_alone PROPERTIES LABELS gpu TIMEOUT 60)
    endif()
endfunction()
