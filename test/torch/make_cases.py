"""Cases for test/conformance/test_torch.c from the PyTorch that is installed, laid out as the README of
NERVO_SHARED/conformance says: a folder for each case with case.json, inputs, outputs, weights and gradients, all float64.

usage: python3 make_cases.py OUT [--seed N] [GROUP...]      groups: the modules of cases/, all unless named

A module has `cases(rng)`, which yields dicts: name; inputs (name to array, or to a torch tensor); run, called with the
inputs by name as tensors, returns a tensor or a tuple of them; attrs, grads (inputs to differentiate by), group: as in
case.json; the group is the module's name unless given. Names of inputs may hold dots; `run` gets the dict itself if it takes
one argument called `inputs`.
"""
import argparse
import importlib.util
import inspect
import json
import pathlib
import shutil

import numpy
import torch

CASES = pathlib.Path(__file__).parent / "cases"


def modules(wanted):
    for path in sorted(CASES.glob("*.py")):
        if not path.stem.startswith("_") and (not wanted or path.stem in wanted):
            spec = importlib.util.spec_from_file_location(path.stem, path)
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            yield path.stem, module


def as_tensor(value):
    tensor = value.detach().clone() if isinstance(value, torch.Tensor) else torch.from_numpy(numpy.array(value))
    return tensor.double() if tensor.is_floating_point() else tensor


def run(case, tensors):
    call = case["run"]
    whole = list(inspect.signature(call).parameters) == ["inputs"]
    out = call(tensors) if whole else call(**tensors)
    return list(out) if isinstance(out, (tuple, list)) else [out]


def save(folder, name, tensor):
    array = tensor.detach().numpy() if isinstance(tensor, torch.Tensor) else tensor
    numpy.save(folder / f"{name}.npy", array if array.ndim == 0 else numpy.ascontiguousarray(array))


def write(case, group, out, rng):
    folder = out / group / case["name"]
    if folder.exists():
        raise SystemExit(f"{group}/{case['name']} is there twice")
    folder.mkdir(parents=True)
    tensors = {name: as_tensor(value) for name, value in case["inputs"].items()}
    grads = case.get("grads", [])
    for name in grads:
        tensors[name].requires_grad_(True)
    outputs = run(case, tensors)
    total = 0
    for i, y in enumerate(outputs):
        save(folder, f"out_{i}", y)
        if grads and y.is_floating_point() and y.requires_grad:
            weight = torch.from_numpy(numpy.asarray(rng.normal(size=tuple(y.shape))))
            save(folder, f"w_{i}", weight)
            total = total + (y * weight).sum()
    slopes = torch.autograd.grad(total, [tensors[name] for name in grads], allow_unused=True) if grads else []
    for name, slope in zip(grads, slopes):
        save(folder, f"grad_{name}", slope if slope is not None else torch.zeros_like(tensors[name]))
    for name, tensor in tensors.items():
        save(folder, f"in_{name}", tensor)
    fact = {"group": group, "name": case["name"], "attrs": case.get("attrs", {}), "inputs": list(tensors),
            "n_outputs": len(outputs), "grads": grads, "oracle": f"PyTorch {torch.__version__}"}
    (folder / "case.json").write_text(json.dumps(fact, indent=1) + "\n")


def main():
    asked = argparse.ArgumentParser()
    asked.add_argument("out", type=pathlib.Path)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("group", nargs="*")
    wish = asked.parse_args()
    shutil.rmtree(wish.out, ignore_errors=True)
    count = 0
    for name, module in modules(wish.group):
        rng = numpy.random.default_rng([wish.seed, *name.encode()])
        torch.manual_seed(wish.seed)
        for case in module.cases(rng):
            write(case, case.get("group", name), wish.out, rng)
            count += 1
    print(f"{count} cases in {wish.out}")


if __name__ == "__main__":
    main()
