# Vernier::Onnx: the ONNX message classes and the protobuf they were generated with.
#
# Debian's package for ONNX leaves its CMake files out of use in places and names targets that are not installed, so the
# library is looked up by hand. LibTorch's include folder holds protobuf headers of another version: what links this
# target must never see that folder.

find_path(VernierOnnx_INCLUDE_DIR onnx/onnx-ml.pb.h)
find_library(VernierOnnx_PROTO_LIBRARY onnx_proto)
mark_as_advanced(VernierOnnx_INCLUDE_DIR VernierOnnx_PROTO_LIBRARY)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(VernierOnnx
    REQUIRED_VARS VernierOnnx_PROTO_LIBRARY VernierOnnx_INCLUDE_DIR
    REASON_FAILURE_MESSAGE "Run `packaging/dev setup`, or install libonnx-dev and libprotobuf-dev.")

if(VernierOnnx_FOUND AND NOT TARGET Vernier::Onnx)
    find_package(Protobuf REQUIRED)
    add_library(vernier_onnx INTERFACE)
    add_library(Vernier::Onnx ALIAS vernier_onnx)
    target_include_directories(vernier_onnx SYSTEM INTERFACE "${VernierOnnx_INCLUDE_DIR}")
    target_compile_definitions(vernier_onnx INTERFACE ONNX_ML=1 ONNX_NAMESPACE=onnx)
    target_link_libraries(vernier_onnx INTERFACE "${VernierOnnx_PROTO_LIBRARY}" protobuf::libprotobuf)
endif()
