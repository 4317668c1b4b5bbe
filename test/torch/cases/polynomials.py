"""Orthogonal polynomials of every degree up to 9, inside and outside of -1..1; PyTorch has no gradients of them."""
import torch

KINDS = ([f"{shift}chebyshev_polynomial_{kind}" for shift in ("", "shifted_") for kind in "tuvw"]
         + ["hermite_polynomial_h", "hermite_polynomial_he", "laguerre_polynomial_l", "legendre_polynomial_p"])


def cases(rng):
    x = rng.uniform(-2, 2, size=(4, 6))
    x[0, :3] = [-1, 0, 1]
    for kind in KINDS:
        for n in (*range(10), -1):
            yield {"name": f"{kind}_{n if n >= 0 else 99}", "attrs": {"n": n}, "inputs": {"x": x},
                   "run": lambda x, kind=kind, n=n: getattr(torch.special, kind)(x, n)}
