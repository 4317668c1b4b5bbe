#!/usr/bin/env python3
"""ort_step.py - the forward pass of a model of bench_models in onnxruntime.

  python3 ort_step.py MODEL --onnx FOLDER [--threads N] [--batch N]

Prints the line of JSON that bench_models prints for --eval, timed alike. FOLDER holds MODEL.onnx; where it is missing,
torch_step.py writes it, run by the Python that NERVO_TORCH_PYTHON names or Debian's. onnxruntime comes from PyPI; a
folder that `pip install --target` has filled is named by PYTHONPATH. Exit 4: it is not there.
"""
import argparse
import os
import subprocess
import sys

from timing import json_line, memory, timed

try:
    import numpy
    import onnxruntime
except ImportError:
    sys.exit(4)

SHAPES = {"mlp": (128, 784), "lenet": (128, 1, 28, 28), "resnet20": (64, 3, 32, 32)}


def arguments():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("model", choices=SHAPES)
    ap.add_argument("--threads", type=int, default=1)
    ap.add_argument("--batch", type=int)
    ap.add_argument("--onnx", metavar="FOLDER", required=True)
    return ap.parse_args()


def model_file(folder, name):
    path = os.path.join(folder, name + ".onnx")
    if not os.path.exists(path):
        os.makedirs(folder, exist_ok=True)
        python = os.environ.get("NERVO_TORCH_PYTHON", "/usr/bin/python3")
        here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "torch_step.py")
        subprocess.run([python, here, name, "--onnx", path + ".new"], check=True)
        os.replace(path + ".new", path)
    return path


def main():
    args = arguments()
    path = model_file(args.onnx, args.model)
    before = memory("VmRSS:")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = args.threads
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    shape = SHAPES[args.model]
    x = numpy.random.rand(args.batch or shape[0], *shape[1:]).astype("float32")
    rounds = timed(lambda: session.run(None, {"x": x}))
    print(json_line("infer", args, rounds, before, "onnxruntime " + onnxruntime.__version__))


main()
