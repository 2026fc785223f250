#!/usr/bin/env python3
"""Writes the same made-up tinyvgg into every format that Vernier reads, and files that are broken or hostile.

    make.py         beside itself; needs torch, numpy, h5py, onnx and safetensors

The numbers follow a formula, so that tests know them without a file: element i of the tensor with number t (in layer
order, weight before bias, with our axes) is sin(i + 7 t) / 8.
"""

import collections
import json
import pickle
import struct
import zipfile
from pathlib import Path

import h5py
import numpy
import onnx
import safetensors.numpy
import torch

HERE = Path(__file__).parent

# Name, and shape with our axes: convolution (out, in, h, w), dense (out, in) behind a flattening by row, column, channel.
LAYERS = [
    ("block1_conv1", (8, 3, 3, 3)),
    ("block2_conv1", (16, 8, 3, 3)),
    ("predictions", (10, 8 * 8 * 16)),
]


def ours():
    tensors = {}
    for name, shape in LAYERS:
        for kind, edges in (("weight", shape), ("bias", shape[:1])):
            count = int(numpy.prod(edges))
            values = numpy.sin(numpy.arange(count) + 7.0 * len(tensors)) / 8
            tensors[f"{name}.{kind}"] = values.reshape(edges).astype(numpy.float32)
    return tensors


def by_channel(dense):
    """From (row, column, channel) to (channel, row, column)."""
    return numpy.ascontiguousarray(dense.reshape(10, 8, 8, 16).transpose(0, 3, 1, 2))


def torchvision():
    own = ours()
    return {
        "features.0.weight": own["block1_conv1.weight"],
        "features.0.bias": own["block1_conv1.bias"],
        "features.3.weight": own["block2_conv1.weight"],
        "features.3.bias": own["block2_conv1.bias"],
        "classifier.0.weight": by_channel(own["predictions.weight"]).reshape(10, -1),
        "classifier.0.bias": own["predictions.bias"],
    }


def timm():
    theirs = torchvision()
    theirs["head.fc.weight"] = theirs.pop("classifier.0.weight").reshape(10, 16, 8, 8)
    theirs["head.fc.bias"] = theirs.pop("classifier.0.bias")
    return theirs


def as_torch(tensors):
    return collections.OrderedDict((name, torch.from_numpy(value)) for name, value in tensors.items())


# --- PyTorch


def write_pytorch():
    state = as_torch(torchvision())
    torch.save(state, HERE / "torch_zip.pth")
    torch.save(state, HERE / "torch_legacy.pth", _use_new_zipfile_serialization=False)
    parameters = collections.OrderedDict((n, torch.nn.Parameter(t)) for n, t in state.items())
    torch.save({"epoch": 3, "state_dict": parameters, "best": 0.5}, HERE / "torch_checkpoint.pth")
    # One storage for two tensors, one that begins within it, and one whose axes lie in another order.
    turned = dict(state)
    joined = torch.cat([state["features.0.bias"], state["features.3.bias"]])
    turned["features.0.bias"], turned["features.3.bias"] = joined[:8], joined[8:]
    turned["features.3.weight"] = state["features.3.weight"].contiguous(memory_format=torch.channels_last)
    turned["classifier.0.weight"] = state["classifier.0.weight"].t().contiguous().t()
    turned["num_batches_tracked"] = torch.tensor(5)
    torch.save(turned, HERE / "torch_strided.pth")


def text(value):
    return b"X" + struct.pack("<I", len(value)) + value.encode()


def number(value):
    if 0 <= value < 256:
        return b"K" + bytes([value])
    if -(2**31) <= value < 2**31:
        return b"J" + struct.pack("<i", value)
    return b"\x8a\x08" + struct.pack("<q", value)


def numbers(values):
    return b"(" + b"".join(number(v) for v in values) + b"t"


def storage(count, kind="FloatStorage", key="0"):
    return b"(" + text("storage") + f"ctorch\n{kind}\n".encode() + text(key) + text("cpu") + number(count) + b"tQ"


def tensor(count=4, offset=0, shape=(4,), strides=(1,), kind="FloatStorage", key="0"):
    return (b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage(count, kind, key) + number(offset) + numbers(shape)
            + numbers(strides) + b"\x89ccollections\nOrderedDict\n)RtR")


def dictionary(value, name="features.0.weight"):
    return b"}" + text(name) + value + b"s"


def write_zip(name, code, storages=None, compression=zipfile.ZIP_STORED, byteorder=b"little"):
    with zipfile.ZipFile(HERE / name, "w", compression) as archive:
        def put(record, data):
            info = zipfile.ZipInfo(f"archive/{record}", (1980, 1, 1, 0, 0, 0))
            info.compress_type = compression
            archive.writestr(info, data)
        put("data.pkl", code)
        put("byteorder", byteorder)
        for key, data in (storages if storages is not None else {"0": bytes(16)}).items():
            put(f"data/{key}", data)
        put("version", b"3\n")


def pickled(value, protocol=2):
    return b"\x80" + bytes([protocol]) + value + b"."


def write_broken_pytorch():
    write_zip("calls_os_system.pth", pickled(b"cos\nsystem\n(" + text("touch run_by_a_pickle") + b"tR"))
    write_zip("calls_os_system_by_stack.pth",
              pickled(text("os") + text("system") + b"\x93(" + text("touch run_by_a_pickle") + b"tR", 4))
    write_zip("builds_an_object.pth", pickled(b"ctorchvision.models.vgg\nVGG\n)\x81}b"))
    write_zip("loads_from_bytes.pth", pickled(b"ctorch.storage\n_load_from_bytes\n(" + text("x") + b"tR"))
    write_zip("shape_is_huge.pth", pickled(dictionary(tensor(shape=(2**40, 2**40), strides=(2**40, 1)))))
    write_zip("shape_overflows.pth", pickled(dictionary(tensor(shape=(2**32, 2**32, 0), strides=(0, 0, 0)))))
    write_zip("shape_repeats_its_numbers.pth", pickled(dictionary(tensor(shape=(2**40,), strides=(0,)))))
    write_zip("stride_is_negative.pth", pickled(dictionary(tensor(offset=3, strides=(-1,)))))
    write_zip("stride_leaves_the_storage.pth", pickled(dictionary(tensor(strides=(2,)))))
    # Columns before rows, so that it has to be gathered, and an axis of one row.
    write_zip("stride_of_one_row_is_huge.pth", pickled(dictionary(
        tensor(shape=(2, 1, 2), strides=(1, 2**63 - 1, 2)))), {"0": struct.pack("<4f", 1, 2, 3, 4)})
    write_zip("offset_leaves_the_storage.pth", pickled(dictionary(tensor(offset=1))))
    write_zip("offset_is_negative.pth", pickled(dictionary(tensor(offset=-1))))
    write_zip("storage_says_too_much.pth", pickled(dictionary(tensor(count=2**40))))
    write_zip("storage_is_missing.pth", pickled(dictionary(tensor(key="1"))))
    write_zip("storage_is_complex.pth", pickled(dictionary(tensor(kind="ComplexFloatStorage"))))
    write_zip("dtype_is_wrong.pth", pickled(dictionary(tensor(kind="DoubleStorage"))))
    write_zip("list_holds_itself.pth", pickled(b"]q\0h\0a"))
    write_zip("dictionary_holds_itself.pth", pickled(b"}q\0" + text("state_dict") + b"h\0s"))
    write_zip("memo_is_empty.pth", pickled(b"h\7"))
    write_zip("stack_is_empty.pth", pickled(b"tR"))
    write_zip("pickle_is_cut_off.pth", pickled(dictionary(tensor()))[:-9])
    write_zip("pickle_is_a_number.pth", pickled(number(1)))
    write_zip("name_comes_twice.pth", pickled(b"}(" + (text("a") + tensor()) * 2 + b"u"))
    # A list of 2,000 times the same pair, memorized, and 1,000 dictionaries that are made of it.
    pair = text("a") + b"N\x86q\0"
    write_zip("lists_are_copied.pth", pickled(
        b"](" + pair + b"h\0" * 1999 + b"eq\1ccollections\nOrderedDict\nq\2" + b"h\2h\1\x85R" * 1000 + b"}"))
    # A storage with a key of 4,000 letters, recalled 3,000 times.
    long_key = storage(4, key="k" * 4000)
    write_zip("keys_are_copied.pth", pickled(long_key[:-1] + b"q\0Q" + b"h\0Q" * 3000 + b"}"))
    write_zip("big_endian.pth", pickled(dictionary(tensor())), byteorder=b"big")
    write_zip("zip_bomb.pth", pickled(dictionary(tensor(count=1 << 20, shape=(1 << 20,)))),
              {"0": bytes(4 << 20)}, zipfile.ZIP_DEFLATED)
    whole = (HERE / "torch_zip.pth").read_bytes()
    (HERE / "zip_is_cut_off.pth").write_bytes(whole[:-200])
    legacy = (HERE / "torch_legacy.pth").read_bytes()
    (HERE / "legacy_is_cut_off.pth").write_bytes(legacy[:-200])
    magic = pickle.dumps(0x1950A86A20F9469CFC6C, 2) + pickle.dumps(1001, 2) + pickle.dumps({}, 2)
    (HERE / "legacy_calls_os_system.pth").write_bytes(
        magic + pickled(b"cos\nsystem\n(" + text("touch run_by_a_pickle") + b"tR"))
    keys = pickle.dumps(["0"], 2)
    (HERE / "legacy_storage_says_too_much.pth").write_bytes(
        magic + pickled(dictionary(tensor())) + keys + struct.pack("<q", 2**40) + bytes(16))


def named(tensors, prefix=""):
    """A dictionary of tensors as PyTorch writes it, and its storages."""
    entries, storages = b"", {}
    for index, (name, values) in enumerate(tensors.items()):
        strides = [s // values.itemsize for s in values.strides]
        entries += text(prefix + name) + tensor(values.size, 0, values.shape, strides, key=str(index))
        storages[str(index)] = values.tobytes()
    return b"ccollections\nOrderedDict\n)R(" + entries + b"u", storages


def write_trainers_pytorch():
    """What trainers keep beside the weights, and name objects for that no other program has."""
    state, storages = named(torchvision(), "model.")
    storages["99"] = bytes(4)
    score = tensor(1, 0, (), (), key="99")
    attributes = (b"clightning.fabric.utilities.data\nAttributeDict\n)\x81(" + text("lr")
                  + b"G" + struct.pack(">d", 0.1) + text("steps") + b"](" + numbers(range(5)) + b"e" + b"u")
    scalar = (b"cnumpy.core.multiarray\nscalar\n(cnumpy\ndtype\n(" + text("f8") + b"\x89\x88tR("
              + number(3) + text("<") + b"NNN" + number(-1) + number(-1) + number(0) + b"tbc_codecs\nencode\n("
              + text("12345678") + text("latin1") + b"tRtR")
    callbacks = (b"}(" + text("ModelCheckpoint{'monitor': 'loss'}") + b"}(" + text("best_model_score") + score
                 + text("dirpath") + b"cpathlib\nPosixPath\n(" + text("runs") + b"tR" + text("mode")
                 + b"cmine.settings\nMode\n(" + number(1) + b"tR" + b"uu")
    kinds = b"c__builtin__\nset\n](" + text("a") + text("b") + b"e\x85R"
    namespace = b"cargparse\nNamespace\n)\x81}" + text("seed") + number(7) + b"sb"
    write_zip("lightning.ckpt", pickled(
        b"}(" + text("epoch") + number(3) + text("pytorch-lightning_version") + text("2.4.0")
        + text("hyper_parameters") + attributes + text("callbacks") + callbacks + text("best") + scalar
        + text("kinds") + kinds + text("args") + namespace + text("optimizer_states") + b"]"
        + text("state_dict") + state + b"u"), storages)
    # Whoever reads it has to know what the object does to the tensor.
    state, storages = named({"features.0.weight": torchvision()["features.0.weight"]})
    write_zip("tensor_needs_an_object.pth", pickled(
        b"}" + text("features.0.weight") + b"cmine.layers\nPruned\n" + tensor(key="0") + b"\x85Rs"))
    write_zip("weights_need_an_object.pth", pickled(b"}" + text("model") + b"cmine.layers\nNet\n)\x81" + state + b"bs"),
              storages)


def write_old_pytorch():
    """As PyTorch 0.1 did under Python 2: Parameters with state, _rebuild_tensor, bytes for names."""
    magic = pickle.dumps(0x1950A86A20F9469CFC6C, 2) + pickle.dumps(1001, 2) + pickle.dumps({}, 2)
    entries, data = b"", b""
    state = torchvision()
    for index, (name, values) in enumerate(state.items()):
        strides = [s // 4 for s in values.strides]
        key = str(index)
        rebuilt = (b"ctorch._utils\n_rebuild_tensor\n((" + text("storage") + b"ctorch\nFloatStorage\n" + text(key)
                   + text("cpu") + number(values.size) + b"NtQ" + number(0) + numbers(values.shape)
                   + numbers(strides) + b"tR")
        parameter = (b"ctorch.nn.parameter\nParameter\n" + rebuilt + b"\x85\x81\x88\x89ccollections\nOrderedDict\n)R"
                     + b"\x87b")
        entries += b"](" + b"U" + bytes([len(name)]) + name.encode() + parameter + b"e"
        data += struct.pack("<q", values.size) + values.tobytes()
    code = b"\x80\2ccollections\nOrderedDict\n](" + entries + b"e\x85R."
    keys = pickle.dumps([str(i) for i in range(len(state))], 2)
    (HERE / "torch_very_old.pth").write_bytes(magic + code + keys + data)


# --- Keras


def keras_axes(name, values):
    if values.ndim == 4:
        return values.transpose(2, 3, 1, 0)
    return values.T if values.ndim == 2 else values


def write_keras():
    own = ours()
    with h5py.File(HERE / "keras_applications.h5", "w") as file:
        for name, _ in LAYERS:
            group = file.create_group(name)
            for kind, theirs in (("weight", "W"), ("bias", "b")):
                group[f"{name}_{theirs}_1:0"] = numpy.ascontiguousarray(keras_axes(name, own[f"{name}.{kind}"]))
        file.create_group("block1_pool")
    with h5py.File(HERE / "keras_model.h5", "w") as file:
        weights = file.create_group("model_weights")
        for name, _ in LAYERS:
            group = weights.create_group(f"{name}/{name}")
            for kind, theirs in (("weight", "kernel"), ("bias", "bias")):
                group[f"{theirs}:0"] = numpy.ascontiguousarray(keras_axes(name, own[f"{name}.{kind}"]))
        file.create_group("optimizer_weights/Adam")["kernel:0"] = numpy.zeros(3, numpy.float32)
    with h5py.File(HERE / "compressed.h5", "w") as file:
        file.create_dataset("block1_conv1/kernel:0", data=numpy.zeros((300, 300), numpy.float32), compression="gzip")
    with h5py.File(HERE / "numbers_lie_elsewhere.h5", "w") as file:
        file.create_dataset("block1_conv1/kernel:0", (4,), numpy.float32, external=[("/etc/passwd", 0, 16)])
    with h5py.File(HERE / "numbers_are_whole.h5", "w") as file:
        file.create_dataset("block1_conv1/kernel:0", data=numpy.zeros(4, numpy.int32))
    with h5py.File(HERE / "links_to_another_file.h5", "w") as file:
        file["block1_conv1"] = h5py.ExternalLink("keras_model.h5", "/model_weights/block1_conv1")
        file["block2_conv1"] = h5py.SoftLink("/block2_conv1")
    with h5py.File(HERE / "group_holds_itself.h5", "w") as file:
        group = file.create_group("block1_conv1")
        group["again"] = group
    write_keras_3()
    whole = (HERE / "keras_model.h5").read_bytes()
    (HERE / "hdf5_is_cut_off.h5").write_bytes(whole[:-200])


def write_keras_3():
    """Layers numbered within their class and their model; since 3.1 or so each with its name as an attribute."""
    own = ours()

    def add(file, path, name, named=True, separator="/", bias=True):
        group = file.create_group(path + separator + "vars")
        if named:
            group.attrs["name"] = name
        group["0"] = numpy.ascontiguousarray(keras_axes(name, own[f"{name}.weight"]))
        if bias:
            group["1"] = own[f"{name}.bias"]

    # VGG within a Sequential that has a head of its own.
    inner = "layers/functional/layers/"
    with h5py.File(HERE / "keras_3.weights.h5", "w") as file:
        add(file, inner + "conv2d", "block1_conv1")
        add(file, inner + "conv2d_1", "block2_conv1")
        file.create_group(inner + "max_pooling2d/vars").attrs["name"] = "block1_pool"
        add(file, "layers/dense", "predictions")
        file.create_group("optimizer/vars")["0"] = numpy.zeros(3, numpy.int64)
    weights = (HERE / "keras_3.weights.h5").read_bytes()

    def archive(name, compression=zipfile.ZIP_STORED):
        with zipfile.ZipFile(HERE / name, "w", compression) as file:
            for record, data in (("metadata.json", b'{"keras_version": "3.15.1"}'), ("config.json", b"{}"),
                                 ("model.weights.h5", weights)):
                info = zipfile.ZipInfo(record, (1980, 1, 1, 0, 0, 0))
                info.compress_type = compression
                file.writestr(info, data)

    archive("keras_3.keras")
    archive("keras_3_is_packed.keras", zipfile.ZIP_DEFLATED)
    whole = bytearray((HERE / "keras_3.keras").read_bytes())
    whole[whole.index(own["block2_conv1.bias"].tobytes())] ^= 1
    (HERE / "keras_3_has_a_changed_byte.keras").write_bytes(whole)
    # TensorFlow 2.13 on Windows: one group with backslashes in its name, and no names within.
    windows = "_layer_checkpoint_dependencies\\"
    with h5py.File(HERE / "keras_3_without_names.weights.h5", "w") as file:
        add(file, windows + "conv2d_1", "block2_conv1", False, "\\")
        add(file, windows + "conv2d", "block1_conv1", False, "\\")
    with h5py.File(HERE / "keras_3_two_models.weights.h5", "w") as file:
        add(file, "layers/functional/layers/conv2d", "block1_conv1", False)
        add(file, "layers/functional_1/layers/conv2d", "block2_conv1", False)
    with h5py.File(HERE / "keras_3_in_another_order.weights.h5", "w") as file:
        add(file, "layers/conv2d_1", "block1_conv1", False)
        add(file, "layers/conv2d", "block2_conv1", False)
    with h5py.File(HERE / "keras_3_lacks_a_number.weights.h5", "w") as file:
        add(file, "layers/conv2d", "block1_conv1", False)
        add(file, "layers/conv2d_2", "block2_conv1", False)
    with h5py.File(HERE / "keras_3_lacks_a_bias.weights.h5", "w") as file:
        add(file, "layers/conv2d", "block1_conv1", False, bias=False)
        add(file, "layers/conv2d_1", "block2_conv1", False)
    with h5py.File(HERE / "keras_3_normalizes.weights.h5", "w") as file:
        add(file, "layers/conv2d", "block1_conv1", False)
        add(file, "layers/conv2d_1", "block2_conv1", False)
        file.create_group("layers/batch_normalization/vars")["0"] = numpy.ones(8, numpy.float32)
    with h5py.File(HERE / "keras_3_normalizes_groups.weights.h5", "w") as file:
        add(file, "layers/conv2d", "block1_conv1", False)
        add(file, "layers/conv2d_1", "block2_conv1", False)
        file.create_group("layers/group_normalization/vars")["0"] = numpy.ones(8, numpy.float32)
    # What a training has beside its layers, and what dropout draws from.
    with h5py.File(HERE / "keras_3_has_been_trained.weights.h5", "w") as file:
        add(file, "layers/conv2d", "block1_conv1", False)
        add(file, "layers/conv2d_1", "block2_conv1", False)
        file.create_group("layers/dropout/seed_generator/vars")["0"] = numpy.zeros(2, numpy.uint32)
        file.create_group("metrics/mean/vars")["0"] = numpy.zeros((), numpy.float32)
    # Layers that somebody has added in an order of his own.
    with h5py.File(HERE / "keras_3_names_go_first.weights.h5", "w") as file:
        add(file, "layers/conv2d", "block2_conv1")
        add(file, "layers/conv2d_1", "block1_conv1")
    with h5py.File(HERE / "keras_3_names_disagree.weights.h5", "w") as file:
        for path, numbers, name in (("conv2d", "block1_conv1", "block2_conv1"), ("conv2d_1", "block2_conv1", "last")):
            add(file, f"layers/{path}", numbers, False)
            file[f"layers/{path}/vars"].attrs["name"] = name


# --- ONNX


def onnx_model(tensors, **arguments):
    initializers = [onnx.numpy_helper.from_array(values, name) for name, values in tensors.items()]
    initializers.append(onnx.numpy_helper.from_array(numpy.array([1, -1], numpy.int64), "shape"))
    graph = onnx.helper.make_graph([], "tinyvgg", [], [], initializers)
    return onnx.helper.make_model(graph, ir_version=8, **arguments)


def write_onnx():
    onnx.save(onnx_model(torchvision()), HERE / "torchvision.onnx")
    model = onnx_model({})
    for name, values in torchvision().items():
        model.graph.initializer.append(
            onnx.helper.make_tensor(name, onnx.TensorProto.FLOAT, values.shape, values.flatten().tolist()))
    onnx.save(model, HERE / "values_one_by_one.onnx")

    def broken(name, change):
        model = onnx_model({"features.0.weight": numpy.zeros((2, 3), numpy.float32)})
        change(model.graph.initializer[0])
        (HERE / name).write_bytes(model.SerializeToString())

    def elsewhere(tensor):
        tensor.ClearField("raw_data")
        tensor.data_location = onnx.TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value="/etc/passwd")

    broken("numbers_lie_elsewhere.onnx", elsewhere)
    broken("shape_is_huge.onnx", lambda tensor: tensor.dims.__setitem__(0, 2**62))
    broken("shape_is_negative.onnx", lambda tensor: tensor.dims.__setitem__(0, -2))
    broken("numbers_lie_twice.onnx", lambda tensor: tensor.float_data.extend([0] * 6))
    broken("numbers_are_missing.onnx", lambda tensor: tensor.ClearField("raw_data"))
    whole = (HERE / "torchvision.onnx").read_bytes()
    (HERE / "onnx_is_cut_off.onnx").write_bytes(whole[:-200])


def write_onnx_orders():
    """Graphs whose names say nothing: a convolution is told by where it stands, or not at all."""
    own, make = ours(), onnx.helper.make_node

    def write(name, change=lambda nodes, tensors: None, producer="pytorch", constants=False):
        tensors = {f"onnx::Conv_{number}": own[key] for number, key in (
            (19, "block2_conv1.weight"), (20, "block2_conv1.bias"), (16, "block1_conv1.weight"),
            (17, "block1_conv1.bias"))}
        plain = {"kernel_shape": [3, 3], "strides": [1, 1], "pads": [1, 1, 1, 1], "group": 1, "dilations": [1, 1]}
        pool = {"kernel_shape": [2, 2], "strides": [2, 2]}
        nodes = [
            make("Conv", ["input", "onnx::Conv_16", "onnx::Conv_17"], ["c1"], **plain),
            make("Relu", ["c1"], ["r1"]),
            make("MaxPool", ["r1"], ["p1"], **pool),
            make("Conv", ["p1", "onnx::Conv_19", "onnx::Conv_20"], ["c2"], **plain),
            make("Relu", ["c2"], ["r2"]),
            make("MaxPool", ["r2"], ["p2"], **pool),
            make("Shape", ["p2"], ["s"]),
            make("Reshape", ["p2", "s"], ["output"]),
        ]
        change(nodes, tensors)
        values = [onnx.numpy_helper.from_array(value, key) for key, value in tensors.items()]
        if constants:
            nodes = [make("Constant", [], [value.name], value=value) for value in values] + nodes
            values = []
        graph = onnx.helper.make_graph(nodes, "tinyvgg", [], [], values)
        onnx.save(onnx.helper.make_model(graph, ir_version=8, producer_name=producer), HERE / name)

    def swapped(nodes, tensors):
        nodes[0].input[1:], nodes[3].input[1:] = list(nodes[3].input[1:]), list(nodes[0].input[1:])

    def branched(nodes, tensors):
        nodes[3].input[0] = "input"

    def added(nodes, tensors):
        nodes.insert(3, make("Add", ["input", "p1"], ["a"]))
        nodes[4].input[0] = "a"

    def normalized(nodes, tensors):
        tensors.update({key: numpy.ones(8, numpy.float32) for key in ("g", "b", "m", "v")})
        nodes[1] = make("BatchNormalization", ["c1", "g", "b", "m", "v"], ["n1"])
        nodes.insert(2, make("Relu", ["n1"], ["r1"]))

    def strided(nodes, tensors):
        next(a for a in nodes[3].attribute if a.name == "strides").ints[:] = [2, 2]

    def computed(nodes, tensors):
        nodes.insert(0, make("Relu", ["input"], ["w"]))
        nodes[1].input[1] = "w"

    write("order_of_initializers.onnx")
    write("order_of_constants.onnx", constants=True)
    write("order_is_swapped.onnx", swapped)
    write("order_has_branches.onnx", branched)
    write("order_adds_the_picture.onnx", added)
    write("order_normalizes.onnx", normalized)
    write("order_has_strides.onnx", strided)
    write("order_computes_its_weights.onnx", computed)
    write("order_lacks_a_bias.onnx", lambda nodes, tensors: nodes[0].input.pop())
    write("order_lacks_a_relu.onnx", lambda nodes, tensors: nodes.pop(1) and nodes[1].input.__setitem__(0, "c1"))
    write("order_lacks_a_convolution.onnx", lambda nodes, tensors: nodes.__delitem__(slice(3, 5)))
    write("order_of_somebody.onnx", producer="somebody")


# --- safetensors


def write_safetensors():
    safetensors.numpy.save_file(ours(), HERE / "ours.safetensors")
    safetensors.numpy.save_file(torchvision(), HERE / "torchvision.safetensors")
    safetensors.numpy.save_file(timm(), HERE / "timm.safetensors")


# --- What PyTorch itself makes of them


def write_answers():
    """Probabilities for a picture whose channel c is (7 x + 13 y + 50 c) % 256 at row y, column x."""
    row, column = numpy.mgrid[0:32, 0:32]
    picture = numpy.stack([(7 * column + 13 * row + 50 * c) % 256 for c in range(3)]).astype(numpy.float32)
    mean = numpy.array([0.485, 0.456, 0.406], numpy.float32).reshape(3, 1, 1)
    deviation = numpy.array([0.229, 0.224, 0.225], numpy.float32).reshape(3, 1, 1)
    network = torch.nn.Module()
    relu, pool = torch.nn.ReLU(), torch.nn.MaxPool2d(2)
    network.features = torch.nn.Sequential(
        torch.nn.Conv2d(3, 8, 3, padding=1), relu, pool, torch.nn.Conv2d(8, 16, 3, padding=1), relu, pool)
    network.classifier = torch.nn.Sequential(torch.nn.Linear(1024, 10))
    network.load_state_dict(as_torch(torchvision()))
    with torch.no_grad():
        x = torch.from_numpy((picture / 255 - mean) / deviation).unsqueeze(0)
        answers = network.classifier(network.features(x).flatten(1)).softmax(1)[0]
    (HERE / "answers.json").write_text(json.dumps([round(float(p), 7) for p in answers]) + "\n")


write_answers()
write_pytorch()
write_old_pytorch()
write_broken_pytorch()
write_trainers_pytorch()
write_keras()
write_onnx()
write_onnx_orders()
write_safetensors()
