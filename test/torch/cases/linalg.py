"""Linear algebra. Where PyTorch leaves the choice of a vector's sign to LAPACK, it is turned to nervo's; for factorisations
of symmetric matrices the inputs are symmetric, as PyTorch wants them."""
import numpy
import torch


def square(rng, *shape):
    """well conditioned, not symmetric"""
    n = shape[-1]
    return rng.normal(size=shape) + 3 * numpy.eye(n) * rng.choice([-1, 1], size=n)


def definite(rng, *shape):
    a = rng.normal(size=shape)
    return a @ numpy.swapaxes(a, -1, -2) + shape[-1] * numpy.eye(shape[-1])


def symmetric(rng, *shape):
    a = rng.normal(size=shape)
    return a + numpy.swapaxes(a, -1, -2)


def sign_of(v):
    """of the entries of a column at least 7/8 as large as its largest, the first is positive"""
    large = v.abs() >= 0.875 * v.abs().amax(-2, keepdim=True)
    first = large.to(torch.int64).argmax(-2, keepdim=True)
    return torch.gather(v, -2, first).sign().detach()


def eigh(a):
    w, v = torch.linalg.eigh(a)
    return w, v * sign_of(v)


def svd(a):
    u, s, vt = torch.linalg.svd(a, full_matrices=False)
    sign = sign_of(u)
    return u * sign, s, vt * sign.mT


def eig(a):
    """by ascending real, then imaginary part; the first large entry of each vector real and positive"""
    w, v = torch.linalg.eig(a)
    order = torch.from_numpy(numpy.lexsort((w.imag.detach().numpy(), w.real.detach().numpy()), axis=-1))
    w = torch.gather(w, -1, order)
    v = torch.gather(v, -1, order.unsqueeze(-2).expand(v.shape))
    large = v.detach().abs() >= 0.875 * v.detach().abs().amax(-2, keepdim=True)
    first = torch.gather(v, -2, large.to(torch.int64).argmax(-2, keepdim=True))
    return torch.view_as_real(w), torch.view_as_real(v * first.conj() / first.abs())


def cond(a, ord):
    """PyTorch's own fails in its gradient unless it comes from singular values"""
    if ord in (2, -2):
        return torch.linalg.cond(a, ord)
    return torch.linalg.matrix_norm(a, ord) * torch.linalg.matrix_norm(torch.linalg.inv(a), ord)


def symmetrised(call):
    """so that a gradient by a symmetric matrix is symmetric, as nervo's is of any"""
    return lambda a: call((a + a.mT) / 2)


def in_order(call):
    """builtins do not tell the names of what they take"""
    return lambda inputs: call(*inputs.values())


def factorisations(rng):
    for i, shape in enumerate([(3, 3), (5, 5), (2, 4, 4), (1, 1), (0, 0), (2, 1, 3, 3)]):
        spd, sym = definite(rng, *shape), symmetric(rng, *shape)
        for upper in (False, True):
            yield (f"cholesky_{2 * i + upper}", {"upper": upper}, {"a": spd},
                   lambda a, upper=upper: torch.linalg.cholesky(a, upper=upper))
        yield f"cholesky_inverse_{i}", {}, {"l": numpy.linalg.cholesky(spd)}, lambda l: torch.cholesky_inverse(l.tril())
        if shape[-1]:
            yield f"eigh_{i}", {}, {"a": sym}, symmetrised(eigh)
            yield f"eigvalsh_{i}", {"UPLO": "U"}, {"a": sym}, symmetrised(torch.linalg.eigvalsh)
    for i, shape in enumerate([(3, 3), (5, 3), (2, 4), (2, 4, 3), (2, 3, 5), (1, 1), (6, 1)]):
        a = rng.normal(size=shape)
        yield f"qr_{i}", {"mode": "reduced"}, {"a": a}, lambda a: torch.linalg.qr(a)
        if shape[-2] <= shape[-1]:
            yield f"qr_{i + 20}", {"mode": "complete"}, {"a": a}, lambda a: torch.linalg.qr(a, mode="complete")
        yield f"svd_{i}", {"full_matrices": False}, {"a": a}, svd
        yield f"svdvals_{i}", {}, {"a": a}, torch.linalg.svdvals
        yield f"lu_{i}", {}, {"a": a}, torch.linalg.lu
        yield f"lu_factor_{i}", {}, {"a": a}, lambda a: torch.linalg.lu_factor(a)
        yield f"lu_factor_ex_{i}", {}, {"a": a}, lambda a: tuple(torch.linalg.lu_factor_ex(a))
        yield f"pinv_{i}", {}, {"a": a}, lambda a: torch.linalg.pinv(a)
        yield f"pinverse_{i}", {"rcond": 0.3}, {"a": a}, lambda a: torch.pinverse(a, rcond=0.3)
        yield f"matrix_rank_{i}", {"tol": 1.5}, {"a": a}, lambda a: torch.linalg.matrix_rank(a, tol=1.5)
        yield f"matrix_rank_{i + 20}", {"atol": 0.5, "rtol": 0.5}, {"a": a}, lambda a: torch.linalg.matrix_rank(
            a, atol=0.5, rtol=0.5)
        yield f"matrix_rank_{i + 40}", {}, {"a": a}, lambda a: torch.linalg.matrix_rank(a)
        if shape[-2] >= shape[-1]:
            yield f"geqrf_{i}", {}, {"a": a}, lambda a: torch.geqrf(a.detach())  # without a gradient in PyTorch
    for i, shape in enumerate([(3, 3), (5, 5), (2, 4, 4), (1, 1)]):
        a = rng.normal(size=shape)
        yield f"eig_{i}", {}, {"a": a}, eig
        yield f"eigvals_{i}", {}, {"a": a}, lambda a: eig(a)[0]
    for i in range(4):
        left, transpose = bool(i & 1), bool(i & 2)
        yield (f"ormqr_{i}", {"left": left, "transpose": transpose},
               {"v": rng.normal(size=(4, 3)), "tau": rng.normal(size=3),
                "x": rng.normal(size=(4, 2) if left else (2, 4))},
               lambda v, tau, x, left=left, transpose=transpose: torch.ormqr(v.detach(), tau.detach(), x.detach(), left,
                                                                          transpose))
    high = rng.normal(size=(5, 3))
    for mode in ("complete", "r"):  # PyTorch has no gradient of these
        yield f"qr_{mode}", {"mode": mode}, {"a": high}, lambda a, mode=mode: (
            torch.linalg.qr(a.detach(), mode=mode) if mode == "complete" else torch.linalg.qr(a.detach(), mode=mode)[1])
    low = rng.normal(size=(5, 2)) @ rng.normal(size=(2, 4))
    yield "pinv_low", {}, {"a": low}, lambda a: torch.linalg.pinv(a)
    yield "pinv_atol", {"atol": 0.7}, {"a": rng.normal(size=(4, 4))}, lambda a: torch.linalg.pinv(a, atol=0.7)
    yield "matrix_rank_low", {}, {"a": low}, lambda a: torch.linalg.matrix_rank(a)
    for i, (v, tau) in enumerate([((4, 3), (3,)), ((5, 5), (3,)), ((2, 4, 2), (2, 2))]):
        yield (f"householder_product_{i}", {}, {"v": rng.normal(size=v), "tau": rng.normal(size=tau)},
               torch.linalg.householder_product)
    yield "svd_whole", {"full_matrices": True}, {"a": rng.normal(size=(3, 3))}, svd
    yield "orgqr_0", {}, {"v": rng.normal(size=(4, 3)), "tau": rng.normal(size=(3,))}, torch.orgqr


def systems(rng):
    shapes = [((3, 3), (3, 2)), ((4, 4), (4,)), ((2, 3, 3), (2, 3)), ((3, 3), (5, 3, 1)), ((2, 1, 3, 3), (4, 3, 2)),
              ((1, 1), (1, 1)), ((0, 0), (0, 2)), ((3, 3), (3, 0))]
    for i, (sa, sb) in enumerate(shapes):
        a, b = square(rng, *sa), rng.normal(size=sb)
        yield f"solve_{i}", {}, {"a": a, "b": b}, torch.linalg.solve
        if len(sb) == 1 or sb == sa[:-1]:
            continue
        for k in range(8):
            upper, unit, left = bool(k & 1), bool(k & 2), not k & 4
            right = b if left else numpy.swapaxes(b, -1, -2)
            yield (f"solve_triangular_{8 * i + k}", {"upper": upper, "unitriangular": unit, "left": left},
                   {"A": a, "B": numpy.ascontiguousarray(right)},
                   lambda A, B, upper=upper, unit=unit, left=left: torch.linalg.solve_triangular(
                       A, B, upper=upper, unitriangular=unit, left=left))
        yield (f"solve_left_{i}", {"left": False},
               {"a": a, "b": numpy.ascontiguousarray(numpy.swapaxes(b, -1, -2))},
               lambda a, b: torch.linalg.solve(a, b, left=False))
    for i, (sa, sb) in enumerate(shapes[:1] + shapes[4:6]):
        spd, b = definite(rng, *sa), rng.normal(size=sb)
        for upper in (False, True):
            yield (f"cholesky_solve_{2 * i + upper}", {"upper": upper},
                   {"b": b, "l": numpy.linalg.cholesky(spd) if not upper else numpy.swapaxes(
                       numpy.linalg.cholesky(spd), -1, -2).copy()},
                   lambda b, l, upper=upper: torch.cholesky_solve(b, l.triu() if upper else l.tril(), upper=upper))
    for k in range(4):
        upper, transpose = bool(k & 1), bool(k & 2)
        yield (f"triangular_solve_{k}", {"upper": upper, "transpose": transpose},
               {"b": rng.normal(size=(3, 2)), "A": square(rng, 3, 3)},
               lambda b, A, upper=upper, transpose=transpose: torch.triangular_solve(b, A, upper, transpose)[0])
    for i, shape in enumerate([(3, 3), (2, 4, 4), (1, 1), (0, 0), (2, 0, 0)]):
        a = square(rng, *shape)
        for name in ("det", "inv", "slogdet"):
            yield f"{name}_{i}", {}, {"a": a}, getattr(torch.linalg, name)
        yield f"logdet_{i}", {}, {"a": definite(rng, *shape)}, torch.logdet
        yield f"matrix_exp_{i}", {}, {"a": a}, torch.matrix_exp
        for n in (-2, -1, 0, 1, 2, 5):
            yield (f"matrix_power_{10 * i + n + 2}", {"n": n}, {"a": a},
                   lambda a, n=n: torch.linalg.matrix_power(a, n))
    yield "det_singular", {}, {"a": numpy.array([[1.0, 2, 3], [4, 5, 6], [7, 8, 9.5]])}, torch.linalg.det
    for i, shape in enumerate([(4, 4), (2, 3, 3), (4, 2), (2, 4), (1, 1)]):
        lu, pivots = torch.linalg.lu_factor(torch.from_numpy(rng.normal(size=shape)))
        yield f"lu_unpack_{i}", {}, {"LU_data": lu, "LU_pivots": pivots}, torch.lu_unpack
    for i, shape in enumerate([(4, 4), (7, 7), (2, 5, 5), (1, 1), (0, 0), (9, 9)]):
        a = symmetric(rng, *shape)
        a[..., range(0, shape[-1], 2), range(0, shape[-1], 2)] *= 0.1 * (i % 2)
        ld, pivots = torch.linalg.ldl_factor(torch.from_numpy(a))
        yield f"ldl_factor_{i}", {}, {"a": a}, lambda a: tuple(torch.linalg.ldl_factor(a))
        yield f"ldl_factor_ex_{i}", {}, {"a": a}, lambda a: tuple(torch.linalg.ldl_factor_ex(a))
        yield (f"ldl_solve_{i}", {}, {"LD": ld, "pivots": pivots, "B": rng.normal(size=(*shape[:-1], 3))},
               lambda LD, pivots, B: torch.linalg.ldl_solve(LD, pivots, B))
    ld, pivots = torch.linalg.ldl_factor(torch.from_numpy(symmetric(rng, 3, 3)))
    yield ("ldl_solve_9", {}, {"LD": ld, "pivots": pivots, "B": rng.normal(size=(2, 3, 2))},
           lambda LD, pivots, B: torch.linalg.ldl_solve(LD, pivots, B))
    yield "ldl_factor_ex_9", {}, {"a": numpy.zeros((2, 2))}, lambda a: tuple(torch.linalg.ldl_factor_ex(a))
    a, b = square(rng, 2, 3, 3), rng.normal(size=(2, 3, 2))
    yield "cholesky_ex_0", {}, {"a": definite(rng, 2, 3, 3)}, symmetrised(lambda a: tuple(torch.linalg.cholesky_ex(a)))
    yield "inv_ex_0", {}, {"a": a}, lambda a: tuple(torch.linalg.inv_ex(a))
    yield "solve_ex_0", {}, {"a": a, "b": b}, lambda a, b: tuple(torch.linalg.solve_ex(a, b))
    yield "solve_ex_1", {"left": False}, {"a": a, "b": b.swapaxes(1, 2).copy()}, lambda a, b: tuple(torch.linalg.solve_ex(a, b, left=False))
    yield "frobenius_norm_0", {"dim": [1, 2], "keepdim": True}, {"a": a}, lambda a: torch.frobenius_norm(a, (1, 2), True)
    yield "nuclear_norm_0", {"dim": [0, 2]}, {"a": a}, lambda a: torch.nuclear_norm(a, (0, 2))
    lu, pivots = torch.linalg.lu_factor(torch.from_numpy(square(rng, 2, 4, 4)))
    yield ("lu_solve_0", {}, {"LU": lu, "pivots": pivots, "B": rng.normal(size=(2, 4, 3))},
           lambda LU, pivots, B: torch.linalg.lu_solve(LU, pivots, B))
    yield ("lu_solve_1", {}, {"b": rng.normal(size=(2, 4, 1)), "LU_data": lu, "LU_pivots": pivots}, torch.lu_solve)
    for i, (sa, sb) in enumerate([((5, 3), (5, 2)), ((3, 5), (3, 2)), ((4, 4), (4, 1)), ((2, 5, 3), (2, 5, 2))]):
        a, b = rng.normal(size=sa), rng.normal(size=sb)
        for k, driver in enumerate(("gelsd", "gels", None)):
            yield (f"lstsq_{3 * i + k}", {"driver": driver}, {"a": a, "b": b},
                   lambda a, b, driver=driver: torch.linalg.lstsq(a, b, driver=driver).solution)
    yield ("lstsq_vector", {}, {"a": rng.normal(size=(2, 4, 3)), "b": rng.normal(size=(2, 4))},
           lambda a, b: torch.linalg.lstsq(a.detach(), b.detach()).solution)  # its own gradient fails here
    yield "tensorinv_0", {"ind": 1}, {"a": rng.normal(size=(6, 2, 3))}, lambda a: torch.linalg.tensorinv(a, ind=1)
    yield "tensorinv_1", {}, {"a": rng.normal(size=(2, 3, 6))}, lambda a: torch.linalg.tensorinv(a)
    yield "tensorsolve_0", {}, {"a": rng.normal(size=(2, 3, 6)), "b": rng.normal(size=(2, 3))}, torch.linalg.tensorsolve
    for i, ord in enumerate(["fro", "nuc", 1, -1, 2, -2, float("inf"), -float("inf")]):
        text = str(ord)
        for k, (shape, dim, keep) in enumerate([((3, 4), (-2, -1), False), ((2, 4, 3), (0, 2), True),
                                                ((4, 2, 3), (2, 0), False)]):
            yield (f"matrix_norm_{3 * i + k}", {"ord": text, "dim": list(dim), "keepdim": keep},
                   {"a": rng.normal(size=shape)},
                   lambda a, ord=ord, dim=dim, keep=keep: torch.linalg.matrix_norm(a, ord, dim, keep))
        yield f"cond_{i}", {"p": text}, {"a": square(rng, 3, 3)}, lambda a, ord=ord: cond(a, ord)
    yield "cond_high", {}, {"a": rng.normal(size=(2, 5, 3))}, lambda a: torch.linalg.cond(a)
    yield "matrix_norm_zero", {}, {"a": numpy.zeros((2, 2))}, lambda a: torch.linalg.matrix_norm(a)


EQUATIONS = [
    ("ij,jk->ik", (3, 4), (4, 2)), ("ij,jk", (3, 4), (4, 2)), ("i,j->ij", (3,), (4,)), ("i,i->", (3,), (3,)),
    ("bij,bjk->bik", (2, 3, 4), (2, 4, 2)), ("bij->bj", (2, 3, 4)), ("ii->i", (3, 3)), ("ii", (3, 3)), ("ij->ji", (3, 4)),
    ("ba", (3, 4)), ("...ij,...jk->...ik", (2, 1, 3, 4), (5, 4, 2)), ("...ii->...i", (2, 3, 3)), ("b...i,...i->b...",
    (2, 4, 3), (4, 3)), ("ij,ij->", (3, 4), (3, 4)), ("ij,kl,jl->ik", (3, 4), (2, 5), (4, 5)), ("iij,jk->ik", (3, 3, 2),
    (2, 4)), ("bn,anm,bm->ba", (2, 5), (3, 5, 4), (2, 4)), ("i...->...", (2, 3, 4)), ("...", (2, 3)), ("i,i,i->i", (3,),
    (3,), (3,)), ("ijk,ijk->k", (2, 3, 4), (2, 3, 4)), ("Ab,bA->", (2, 3), (3, 2)), ("bA", (2, 3)), (" i j , j k -> i k ",
    (3, 4), (4, 2)), ("ij,jk->ik", (3, 1), (4, 2)), ("->", ()), (",->", (), ()), ("ij->", (3, 4)), ("abcd,abde->abce",
    (2, 2, 3, 4), (2, 2, 4, 2)), ("bhqd,bhkd->bhqk", (2, 2, 3, 4), (2, 2, 5, 4)), ("i...,i...->...", (2, 3), (2, 1)),
    ("...a,...b->ab", (2, 3), (2, 4)),
]


def products(rng):
    for i, (equation, *shapes) in enumerate(EQUATIONS):
        x = {f"x{k}": rng.normal(size=s) for k, s in enumerate(shapes)}
        yield (f"einsum_{i}", {"equation": equation}, x,
               lambda *x, equation=equation: torch.einsum(equation, *x))
    for i, (sa, sb) in enumerate([((3, 4), (4, 5)), ((4,), (4, 3)), ((4,), (2, 4, 3)), ((4,), (4,)), ((2, 1, 3, 4), (5, 4, 2)),
                                  ((3, 4), (4,)), ((2, 3, 4), (4,)), ((2, 3, 4), (4, 2)), ((3, 4), (2, 4, 2)), ((0, 3), (3, 2)),
                                  ((3, 0), (0, 2)), ((2, 5, 3, 4), (1, 4, 2))]):
        yield f"matmul_{i}", {}, {"a": rng.normal(size=sa), "b": rng.normal(size=sb)}, torch.matmul
    for name, *shapes in [("mm", (3, 4), (4, 2)), ("bmm", (2, 3, 4), (2, 4, 2)), ("mv", (3, 4), (4,)), ("dot", (4,), (4,)),
                          ("vdot", (4,), (4,)), ("inner", (2, 3, 4), (5, 4)), ("inner", (), (3,)), ("outer", (3,), (4,)),
                          ("ger", (3,), (4,)), ("kron", (2, 3), (3, 2)), ("kron", (2,), (2, 1, 3)), ("kron", (2, 3, 2), (2,))]:
        yield (f"{name}_{len(shapes[0])}", {}, {f"x{k}": rng.normal(size=s) for k, s in enumerate(shapes)},
               lambda *x, name=name: getattr(torch, name)(*x))
    for name, c, a, b in [("addmm", (3, 2), (3, 4), (4, 2)), ("addmv", (3,), (3, 4), (4,)), ("addr", (3, 2), (3,), (2,)),
                          ("baddbmm", (2, 3, 2), (2, 3, 4), (2, 4, 2)), ("addbmm", (3, 2), (2, 3, 4), (2, 4, 2))]:
        for k, (beta, alpha, shape) in enumerate([(1, 1, c), (0.5, -2, c[-1:]), (0, 3, c), (2, 0, ())]):
            yield (f"{name}_{k}", {"beta": beta, "alpha": alpha},
                   {"input": rng.normal(size=shape), "a": rng.normal(size=a), "b": rng.normal(size=b)},
                   lambda input, a, b, name=name, beta=beta, alpha=alpha: getattr(torch, name)(input, a, b, beta=beta,
                                                                                              alpha=alpha))
    for i, shapes in enumerate([((3, 4), (4, 2)), ((10, 2), (2, 8), (8, 3), (3, 5)), ((4,), (4, 2), (2,)), ((4,), (4, 2)),
                                ((3, 4), (4, 2), (2,))]):
        x = {f"x{k}": rng.normal(size=s) for k, s in enumerate(shapes)}
        yield f"multi_dot_{i}", {}, x, lambda *x: torch.linalg.multi_dot(x)
    for i, (sa, sb, dims) in enumerate([((2, 3, 4), (3, 4, 2), 2), ((3, 4), (4, 2), 1), ((2,), (3,), 0),
                                        ((3, 4, 2), (4, 3, 5), ([1, 0], [0, 1])), ((3, 4), (2, 4), ([-1], [-1]))]):
        flat = dims if isinstance(dims, int) else [*dims[0], *dims[1]]
        yield (f"tensordot_{i}", {"dims": flat}, {"a": rng.normal(size=sa), "b": rng.normal(size=sb)},
               lambda a, b, dims=dims: torch.tensordot(a, b, dims))
    for i, (sa, sb, dim) in enumerate([((2, 3), (2, 3), -1), ((2, 3, 2), (3, 1), -2), ((4,), (4,), 0)]):
        yield (f"vecdot_{i}", {"dim": dim}, {"a": rng.normal(size=sa), "b": rng.normal(size=sb)},
               lambda a, b, dim=dim: torch.linalg.vecdot(a, b, dim=dim))
    for i, (sa, sb, dim) in enumerate([((3,), (3,), -1), ((2, 3), (2, 3), 1), ((3, 2), (3, 2), 0), ((4, 1, 3), (1, 2, 3), -1)]):
        yield (f"cross_{i}", {"dim": dim}, {"a": rng.normal(size=sa), "b": rng.normal(size=sb)},
               lambda a, b, dim=dim: torch.linalg.cross(a, b, dim=dim))
    yield "vander_0", {"N": 4}, {"x": rng.normal(size=(2, 3))}, lambda x: torch.linalg.vander(x, N=4)
    yield "vander_1", {}, {"x": rng.normal(size=(4,))}, lambda x: torch.linalg.vander(x)
    yield "vander_2", {"N": 3, "increasing": False}, {"x": rng.normal(size=(4,))}, lambda x: torch.vander(x.detach(), N=3)  # its own gradient fails


def cases(rng):
    for part in (factorisations, systems, products):
        for name, attrs, inputs, run in part(rng):
            real = [k for k, v in inputs.items() if not str(getattr(v, "dtype", "")).startswith(("int", "torch.int"))]
            fixed = name.startswith(("matrix_rank", "qr_complete", "qr_r", "lstsq_vector", "vander_2", "geqrf", "ormqr", "ldl"))
            yield {"name": name, "attrs": attrs, "inputs": inputs, "grads": [] if fixed else real,
                   "run": in_order(run)}
