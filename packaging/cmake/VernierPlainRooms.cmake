# vernier_add_plain_rooms(PREFIX [WITHOUT regex...])
#
# Core's rooms once more, each as a library PREFIX_ROOM of its own and without LibTorch, so that what tests one reader
# builds the rooms below it and nothing else. Left out is what needs LibTorch, and the sources that match a regex.

function(vernier_add_plain_rooms prefix)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "WITHOUT")
    set(sources "")
    foreach(piece IN ITEMS plain onnx)
        get_target_property(own vernier_core_${piece} SOURCES)
        list(APPEND sources ${own})
    endforeach()
    list(FILTER sources INCLUDE REGEX "^${PROJECT_SOURCE_DIR}/core/")
    foreach(regex IN LISTS arg_WITHOUT)
        list(FILTER sources EXCLUDE REGEX "${regex}")
    endforeach()
    # Whatever core uses; the linker leaves out what a program does not.
    get_target_property(libraries vernier_core LINK_LIBRARIES)
    list(REMOVE_ITEM libraries Vernier::Torch)

    # Each room may use those before it.
    set(below "")
    foreach(room IN ITEMS base fetch image sample dataset model weights recipe features runs training evaluation prediction)
        set(own ${sources})
        list(FILTER own INCLUDE REGEX "/core/${room}/")
        if(NOT own)
            continue()
        endif()
        add_library(${prefix}_${room} STATIC EXCLUDE_FROM_ALL ${own})
        target_link_libraries(${prefix}_${room} PUBLIC ${below} ${libraries})
        target_link_options(${prefix}_${room} PUBLIC LINKER:--as-needed)
        set(below ${prefix}_${room})
    endforeach()

    # What core's own lists say of single files holds in the folder of a target only.
    foreach(source IN LISTS sources)
        foreach(property IN ITEMS COMPILE_DEFINITIONS COMPILE_OPTIONS INCLUDE_DIRECTORIES)
            get_source_file_property(value "${source}" TARGET_DIRECTORY vernier_core_plain ${property})
            if(value)
                set_source_files_properties("${source}" PROPERTIES ${property} "${value}")
            endif()
        endforeach()
    endforeach()
endfunction()
