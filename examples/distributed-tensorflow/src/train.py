"""Trains a small network on scikit-learn's digits with as many workers as TF_CONFIG names."""

import json
import os

import tensorflow as tf
from sklearn.datasets import load_digits

from azureml.core import Run

config = json.loads(os.environ["TF_CONFIG"])
index, workers = config["task"]["index"], len(config["cluster"]["worker"])
strategy = tf.distribute.MultiWorkerMirroredStrategy()

pixels, labels = load_digits(return_X_y=True)
data = tf.data.Dataset.from_tensor_slices(((pixels / 16).astype("float32"), labels.astype("int64")))
batches = strategy.experimental_distribute_dataset(data.shuffle(2000, seed=0).batch(128, drop_remainder=True))

with strategy.scope():
    hidden = tf.Variable(tf.random.stateless_normal([64, 64], seed=[0, 1]) * 0.1)
    output = tf.Variable(tf.random.stateless_normal([64, 10], seed=[0, 2]) * 0.1)


@tf.function
def train_step(pixels, labels):
    def step(pixels, labels):
        with tf.GradientTape() as tape:
            logits = tf.nn.relu(pixels @ hidden) @ output
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
            loss = tf.reduce_sum(losses) / 128
        gradients = tape.gradient(loss, [hidden, output])
        context = tf.distribute.get_replica_context()
        for variable, gradient in zip([hidden, output], context.all_reduce("SUM", gradients)):
            variable.assign_sub(0.5 * gradient)
        return loss

    return strategy.reduce("SUM", strategy.run(step, args=(pixels, labels)), axis=None)


run = Run.get_context()
for epoch in range(5):
    loss = 0.0
    for batch in batches:
        loss = float(train_step(*batch))
    if index == 0:
        run.log("loss", loss)
print(f"worker {index} of {workers}: {strategy.num_replicas_in_sync} replicas, loss {loss:.4f}")
