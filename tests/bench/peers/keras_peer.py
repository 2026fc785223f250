#!/usr/bin/env python3
"""The benchmark's jobs in Keras 3 on TensorFlow: the tutorial's network, pictures through tf.data, model.fit()."""

import os
import time

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import tensorflow as tf

import common


def picture(path, label):
    rgb = tf.io.decode_image(tf.io.read_file(path), channels=3, expand_animations=False)
    rgb = tf.image.resize(rgb, (common.SIZE, common.SIZE))
    rgb.set_shape((common.SIZE, common.SIZE, 3))
    return keras.applications.vgg16.preprocess_input(rgb), label


def pictures(rows, classes):
    paths = [row[0] for row in rows]
    labels = tf.one_hot([row[1] for row in rows], classes)
    data = tf.data.Dataset.from_tensor_slices((paths, labels))
    data = data.map(picture, num_parallel_calls=tf.data.AUTOTUNE)
    return data.batch(common.BATCH).prefetch(tf.data.AUTOTUNE)


def build(given, trained_blocks):
    trunk = keras.applications.VGG16(
        include_top=False, weights=None, input_shape=(common.SIZE, common.SIZE, 3), pooling=None
    )
    tensors = common.read_safetensors(given.weights)
    for layer in trunk.layers:
        if layer.weights:
            kernel = tensors[f"{layer.name}.weight"].transpose(2, 3, 1, 0)
            layer.set_weights([kernel, tensors[f"{layer.name}.bias"]])
        layer.trainable = any(layer.name.startswith(f"block{block}_") for block in trained_blocks)
    x = keras.layers.Flatten()(trunk.output)
    x = keras.layers.Dense(common.HIDDEN, activation="relu")(x)
    x = keras.layers.Dropout(common.DROPOUT)(x)
    x = keras.layers.Dense(given.pictures["classes"], activation="softmax")(x)
    model = keras.Model(trunk.input, x)
    rate = common.BLOCK_RATE if trained_blocks else common.HEAD_RATE
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=rate), loss="categorical_crossentropy", metrics=["accuracy"]
    )
    return model


class StepTimes(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.ends = []

    def on_train_batch_end(self, batch, logs=None):
        self.ends.append(time.perf_counter())

    on_test_batch_end = on_train_batch_end

    def rates(self):
        pairs = list(zip(self.ends, self.ends[1:]))[common.WARM_UP - 1 :]
        return [common.BATCH / (end - start) for start, end in pairs]


def main():
    given = common.arguments(__doc__)
    classes = given.pictures["classes"]
    weights = {name: 1.0 for name in range(classes)}
    for work in given.work:
        model = build(given, common.TRAINED_BLOCKS.get(work, []))
        steps = common.WARM_UP + given.steps
        times = StepTimes()
        if work == "predict":
            data = pictures(common.rows_for(given, "train", given.steps), classes)
            model.predict(data.take(1), verbose=0)
            rates = []
            for _ in range(given.repeats):
                start = time.perf_counter()
                model.predict(data, verbose=0)
                rates.append(given.steps * common.BATCH / (time.perf_counter() - start))
        elif work == "forward":
            model.evaluate(pictures(common.rows_for(given, "validation", steps), classes), callbacks=[times], verbose=0)
            rates = times.rates()
        else:
            data = pictures(common.rows_for(given, "train", steps), classes)
            model.fit(data, class_weight=weights, callbacks=[times], shuffle=False, verbose=0)
            rates = times.rates()
        common.print_figure("keras", work, rates)


main()
