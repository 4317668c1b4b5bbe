"""Every op against the PyTorch that is installed: cases/ says what is called with what, make_cases.py writes down what
PyTorch answers, conformance.torch compares, forward and gradient.                       label: house conformance

Skips, and says so, where python3 has no torch; `./do test --long` installs it and then it may not skip.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
python = next((p for p in (sys.executable, "/usr/bin/python3")
               if not subprocess.run([p, "-c", "import torch, numpy"], capture_output=True, check=False).returncode), None)
if python is None:
    print("no torch: apt-get install --no-install-recommends python3-torch python3-numpy (./do test --long does it)")
    sys.exit(1 if os.environ.get("NERVO_MAY_NOT_SKIP") else 77)
with tempfile.TemporaryDirectory() as folder:
    subprocess.run([python, "-B", HERE / "make_cases.py", folder], check=True)
    trial = pathlib.Path(os.environ["NERVO_BUILD"]) / "test" / "conformance.torch"
    sys.exit(subprocess.run([trial, folder], check=False).returncode)
