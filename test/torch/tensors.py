"""tensors.py - safetensors files read with numpy alone: Debian has no python3-safetensors.

Promises: every tensor as a torch tensor, and the metadata. Does not do: distrust the file; nervo just wrote it.
"""
import json
import numpy
import torch

TYPES = {"F64": "<f8", "F32": "<f4", "I64": "<i8", "I32": "<i4", "U8": "u1", "BOOL": "?"}


def read(path):
    with open(path, "rb") as file:
        data = file.read()
    end = 8 + int.from_bytes(data[:8], "little")
    head = json.loads(data[8:end])
    notes = head.pop("__metadata__", {})
    tensors = {}
    for name, entry in head.items():
        first, last = entry["data_offsets"]
        array = numpy.frombuffer(data[end + first:end + last], TYPES[entry["dtype"]]).reshape(entry["shape"])
        tensors[name] = torch.from_numpy(array.copy())
    return tensors, notes
