"""Losses: PyTorch's own with all their options, and the others written out in its operations."""
import math

import numpy
import torch
import torch.nn.functional as F

REDUCTIONS = ("mean", "sum", "none")


def case(name, run, inputs, grads, **attrs):
    keywords = {k: v for k, v in attrs.items() if v is not None}
    return {"name": name, "attrs": keywords, "inputs": inputs, "grads": grads.split(), "run": run}


def signs(rng, *shape):
    return numpy.where(rng.random(shape) < 0.5, -1.0, 1.0)


def each(name, run, inputs, grads, **attrs):
    """one case for every reduction; run(reduction=..., **inputs)"""
    for reduction in REDUCTIONS:
        yield case(f"{name}_{reduction}", lambda reduction=reduction, **x: run(reduction=reduction, **x), inputs, grads,
                   reduction=reduction, **attrs)


def of_elements(rng):
    x, y = rng.normal(size=(4, 5)), rng.normal(size=(4, 5))
    tied = x.copy()
    tied[1] = y[1]
    both = {"x": x, "y": y}
    yield from each("l1_tied", lambda x, y, reduction: F.l1_loss(x, y, reduction=reduction), {"x": tied, "y": y}, "x y")
    yield from each("mse", lambda x, y, reduction: F.mse_loss(x, y, reduction=reduction), both, "x y")
    for i, beta in enumerate((1.0, 0.3, 0.0)):
        yield from each(f"smooth_l1_{i}", lambda x, y, reduction, b=beta: F.smooth_l1_loss(x, y, reduction=reduction, beta=b),
                        {"x": tied if beta else x, "y": y}, "x y", beta=beta)
    for i, delta in enumerate((1.0, 0.3)):
        yield from each(f"huber_{i}", lambda x, y, reduction, d=delta: F.huber_loss(x, y, reduction=reduction, delta=d),
                        {"x": tied, "y": y}, "x y", delta=delta)
    at = {"x": numpy.array([1.0, -1.0, 0.3, -0.3, 0.0]), "y": numpy.zeros(5)}
    yield from each("huber_kink", lambda x, y, reduction: F.huber_loss(x, y, reduction=reduction), at, "x", delta=1.0)
    yield from each("smooth_l1_kink", lambda x, y, reduction: F.smooth_l1_loss(x, y, reduction=reduction), at, "x", beta=1.0)
    yield case("mse_empty_mean", lambda x, y: F.mse_loss(x, y), {"x": numpy.zeros((0, 3)), "y": numpy.zeros((0, 3))}, "", reduction="mean")
    yield case("mse_scalar", lambda x, y: F.mse_loss(x, y), {"x": numpy.array(1.5), "y": numpy.array(-0.5)}, "x", reduction="mean")
    yield from each("log_cosh", lambda x, y, reduction: reduced(torch.log(torch.cosh(x - y)), reduction), both, "x y")
    yield from each("pinball", lambda x, y, reduction: reduced(torch.maximum(0.8 * (y - x), -0.2 * (y - x)), reduction), both,
                    "x y", q=0.8)


def reduced(y, reduction):
    return {"mean": y.mean, "sum": y.sum, "none": lambda: y}[reduction]()


def of_two(rng):
    p, t, w = rng.random((4, 5)), rng.random((4, 5)), rng.random((4, 5)) + 0.5
    hard = (t > 0.5).astype(float)
    yield from each("bce_weight", lambda x, y, w, reduction: F.binary_cross_entropy(x, y, w, reduction=reduction),
                    {"x": p, "y": t, "w": w}, "x")
    yield from each("bce_hard", lambda x, y, reduction: F.binary_cross_entropy(x, y, reduction=reduction),
                    {"x": p, "y": hard}, "x")
    edge = {"x": numpy.array([0.0, 0.0, 1.0, 1.0, 1e-14, 0.5]), "y": numpy.array([0.0, 1.0, 0.0, 1.0, 0.0, 1.0])}
    yield case("bce_edge_none", lambda x, y: F.binary_cross_entropy(x, y, reduction="none"), edge, "x", reduction="none")
    x = rng.normal(size=(4, 5)) * 5
    far = numpy.array([1e4, -1e4, 800.0, -800.0, 0.0]) * numpy.ones((4, 1))
    for name, logits in (("", x), ("_far", far)):
        yield from each(f"bce_logits{name}", lambda x, y, reduction: F.binary_cross_entropy_with_logits(x, y, reduction=reduction),
                        {"x": logits, "y": hard}, "x")
    yield from each("bce_logits_w", lambda x, y, w, pw, reduction: F.binary_cross_entropy_with_logits(
        x, y, w, reduction=reduction, pos_weight=pw), {"x": x, "y": t, "w": w, "pw": rng.random(5) + 0.5}, "x")
    yield from each("soft_margin", lambda x, y, reduction: F.soft_margin_loss(x, y, reduction=reduction),
                    {"x": x, "y": signs(rng, 4, 5)}, "x")
    yield from each("multilabel_soft_margin", lambda x, y, reduction: F.multilabel_soft_margin_loss(x, y, reduction=reduction),
                    {"x": x, "y": hard}, "x")
    yield from each("multilabel_soft_margin_w", lambda x, y, w, reduction: F.multilabel_soft_margin_loss(
        x, y, w, reduction=reduction), {"x": x, "y": t, "w": rng.random(5)}, "x")
    y = signs(rng, 4, 5)
    yield from each("hinge", lambda x, y, reduction: reduced(F.relu(1 - x * y), reduction), {"x": x, "y": y}, "x")
    yield from each("squared_hinge", lambda x, y, reduction: reduced(F.relu(1 - x * y) ** 2, reduction), {"x": x, "y": y}, "x")

    def focal(x, y, reduction, alpha, gamma):
        q = torch.sigmoid(x)
        miss = 1 - (q * y + (1 - q) * (1 - y))
        loss = F.binary_cross_entropy_with_logits(x, y, reduction="none") * miss ** gamma
        return reduced((alpha * y + (1 - alpha) * (1 - y)) * loss if alpha else loss, reduction)
    for i, (alpha, gamma) in enumerate(((0.25, 2.0), (0, 1.5), (0.5, 3.0))):
        yield from each(f"sigmoid_focal_{i}", lambda x, y, reduction, a=alpha, g=gamma: focal(x, y, reduction, a, g),
                        {"x": x / 5, "y": hard}, "x", alpha=alpha, gamma=gamma)


def of_classes(rng):
    x, labels, w = rng.normal(size=(6, 5)) * 3, rng.integers(0, 5, 6), rng.random(5) + 0.5
    some = labels.copy()
    some[[1, 4]] = 3
    image, there = rng.normal(size=(2, 3, 4, 2)), rng.integers(0, 3, (2, 4, 2))
    holes = there.copy()
    holes[0, 1] = -100
    weight = rng.random(3) + 0.5
    for smooth in (0.0, 0.2):
        s = "smooth_" if smooth else ""
        a = {"label_smoothing": smooth} if smooth else {}
        yield from each(f"cross_entropy_{s}1", lambda x, t, reduction, k=smooth: F.cross_entropy(
            x, t, reduction=reduction, label_smoothing=k), {"x": x, "t": labels}, "x", **a)
        yield from each(f"cross_entropy_{s}weight_ignore", lambda x, t, w, reduction, k=smooth: F.cross_entropy(
            x, t, w, ignore_index=3, reduction=reduction, label_smoothing=k), {"x": x, "t": some, "w": w}, "x",
            ignore_index=3, **a)
        yield from each(f"cross_entropy_{s}2d", lambda x, t, w, reduction, k=smooth: F.cross_entropy(
            x, t, w, reduction=reduction, label_smoothing=k), {"x": image, "t": holes, "w": weight}, "x", **a)
        yield from each(f"cross_entropy_{s}soft_weight", lambda x, t, w, reduction, k=smooth: F.cross_entropy(
            x, t, w, reduction=reduction, label_smoothing=k),
            {"x": image, "t": rng.random((2, 3, 4, 2)), "w": weight}, "x t", **a)
        yield case(f"cross_entropy_{s}single", lambda x, t, k=smooth: F.cross_entropy(x, t, label_smoothing=k),
                   {"x": x[0], "t": numpy.array(2)}, "x", **a)
    none = numpy.full(6, -100)
    for reduction in ("sum", "none"):
        yield case(f"cross_entropy_ignored_{reduction}", lambda x, t, r=reduction: F.cross_entropy(x, t, reduction=r),
                   {"x": x, "t": none}, "x", reduction=reduction)
    yield case("cross_entropy_ignored_mean", lambda x, t: F.cross_entropy(x, t), {"x": x, "t": none}, "", reduction="mean")
    yield from each("cross_entropy_far", lambda x, t, reduction: F.cross_entropy(x, t, reduction=reduction),
                    {"x": x * 4000, "t": labels}, "x")
    yield from each("nll_weight", lambda x, t, w, reduction: F.nll_loss(x, t, w, reduction=reduction),
                    {"x": x, "t": labels, "w": w}, "x")
    yield from each("nll_2d", lambda x, t, w, reduction: F.nll_loss(x, t, w, ignore_index=1, reduction=reduction),
                    {"x": image, "t": there, "w": weight}, "x", ignore_index=1)
    yield case("nll_single", lambda x, t: F.nll_loss(x, t), {"x": x[0], "t": numpy.array(2)}, "x")
    for i, (p, margin) in enumerate(((1, 1.0), (2, 1.0), (1, 0.3), (2, 2.5))):
        yield from each(f"multi_margin_{i}", lambda x, t, reduction, p=p, m=margin: F.multi_margin_loss(
            x, t, p=p, margin=m, reduction=reduction), {"x": x, "t": labels}, "x", p=p, margin=margin)
        yield from each(f"multi_margin_weight_{i}", lambda x, t, w, reduction, p=p, m=margin: F.multi_margin_loss(
            x, t, p=p, margin=m, weight=w, reduction=reduction), {"x": x, "t": labels, "w": w}, "x", p=p, margin=margin)
    yield case("multi_margin_single", lambda x, t: F.multi_margin_loss(x, t), {"x": x[0], "t": numpy.array(2)}, "x")
    many = numpy.array([[3, 0, -1, 1, 4], [1, 1, -1, -1, -1], [-1, 2, 3, 0, 0], [4, 3, 2, 1, 0]])
    yield from each("multilabel_margin", lambda x, t, reduction: F.multilabel_margin_loss(x, t, reduction=reduction),
                    {"x": x[:4], "t": many}, "x")
    yield case("multilabel_margin_single", lambda x, t: F.multilabel_margin_loss(x, t), {"x": x[0], "t": many[0]}, "x")

    def focal(x, t, reduction, gamma):
        lp = F.log_softmax(x, 1).gather(1, t[:, None])[:, 0]
        return reduced(-(1 - lp.exp()) ** gamma * lp, reduction)
    for gamma in (1.0, 2.5):
        yield from each(f"softmax_focal_{int(gamma)}", lambda x, t, reduction, g=gamma: focal(x, t, reduction, g),
                        {"x": x, "t": labels}, "x", gamma=gamma)


def of_likelihood(rng):
    x, t = rng.normal(size=(4, 5)), rng.random((4, 5))
    t /= t.sum(1, keepdims=True)
    zero = t.copy()
    zero[0, :2] = 0
    lp = numpy.log(rng.dirichlet(numpy.ones(5), 4))
    for reduction in (*REDUCTIONS, "batchmean"):
        yield case(f"kl_div_x_{reduction}", lambda x, y, r=reduction: F.kl_div(x, y, reduction=r), {"x": lp, "y": t}, "x y",
                   reduction=reduction)
        yield case(f"kl_div_zero_{reduction}", lambda x, y, r=reduction: F.kl_div(x, y, reduction=r), {"x": lp, "y": zero},
                   "x", reduction=reduction)
        yield case(f"kl_div_log_{reduction}", lambda x, y, r=reduction: F.kl_div(x, y, reduction=r, log_target=True),
                   {"x": lp, "y": numpy.log(t)}, "x y", reduction=reduction, log_target=True)
    count = rng.poisson(2.0, (4, 5)).astype(float)
    for full in (True, False):
        for log_input in (True, False):
            inputs = {"x": x if log_input else numpy.abs(x) + 0.1, "y": count}
            yield from each(f"poisson_nll_{int(full)}{int(log_input)}", lambda x, y, reduction, f=full, g=log_input:
                            F.poisson_nll_loss(x, y, g, f, reduction=reduction, eps=1e-3), inputs, "x", log_input=log_input,
                            full=full, eps=1e-3)
    for full in (True, False):
        for i, var in enumerate((rng.random((4, 5)) + 0.2, rng.random((4, 1)) + 0.2, rng.random(4) + 0.2)):
            yield from each(f"gaussian_nll_{int(full)}{i}", lambda x, y, v, reduction, f=full: F.gaussian_nll_loss(
                x, y, v, full=f, reduction=reduction), {"x": x, "y": rng.normal(size=(4, 5)), "v": var}, "x y v", full=full)
    yield from each("gaussian_nll_least", lambda x, y, v, reduction: F.gaussian_nll_loss(
        x, y, v, eps=0.5, reduction=reduction), {"x": x, "y": t, "v": rng.random((4, 5))}, "x v", eps=0.5)

    def mixture(a, m, s, y, reduction):
        part = torch.distributions.Independent(torch.distributions.Normal(m, s.exp()), 1)
        mix = torch.distributions.MixtureSameFamily(torch.distributions.Categorical(logits=a), part)
        return reduced(-mix.log_prob(y), reduction)
    yield from each("mixture_nll", mixture, {"a": rng.normal(size=(4, 3)), "m": rng.normal(size=(4, 3, 2)),
                                             "s": rng.normal(size=(4, 3, 2)), "y": rng.normal(size=(4, 2))}, "a m s y")

    def divergence(m, p, n, q, reduction):
        one, other = torch.distributions.Normal(m, (p / 2).exp()), torch.distributions.Normal(n, (q / 2).exp())
        return reduced(torch.distributions.kl_divergence(one, other), reduction)
    yield from each("gaussian_kl", divergence, {k: rng.normal(size=(3, 4)) for k in "mpnq"}, "m p n q")


def of_pairs(rng):
    a, b, n = rng.normal(size=(6, 4)), rng.normal(size=(6, 4)), rng.normal(size=(6, 4))
    y = signs(rng, 6)
    d = numpy.abs(rng.normal(size=6)) * 2
    for i, margin in enumerate((1.0, 0.4)):
        yield from each(f"hinge_embedding_{i}", lambda x, y, reduction, m=margin: F.hinge_embedding_loss(
            x, y, margin=m, reduction=reduction), {"x": d, "y": y}, "x", margin=margin)
    kink = {"x": numpy.array([1.0, 1.0, 0.0, 2.0]), "y": numpy.array([1.0, -1.0, -1.0, 0.0])}
    yield case("hinge_embedding_kink", lambda x, y: F.hinge_embedding_loss(x, y, reduction="none"), kink, "x",
               reduction="none")
    for i, margin in enumerate((0.0, 0.3)):
        yield from each(f"margin_ranking_{i}", lambda a, b, y, reduction, m=margin: F.margin_ranking_loss(
            a, b, y, margin=m, reduction=reduction), {"a": a[0], "b": b[0], "y": y[:4]}, "a b", margin=margin)
    tie = {"a": numpy.ones(3), "b": numpy.ones(3), "y": numpy.array([1.0, -1.0, 1.0])}
    yield case("margin_ranking_kink", lambda a, b, y: F.margin_ranking_loss(a, b, y, reduction="none"), tie, "a b",
               reduction="none", margin=0.0)
    zero = a.copy()
    zero[0] = 0
    for i, margin in enumerate((0.0, 0.2, -0.5)):
        yield from each(f"cosine_embedding_{i}", lambda a, b, y, reduction, m=margin: F.cosine_embedding_loss(
            a, b, y, margin=m, reduction=reduction), {"a": zero, "b": b, "y": y}, "a b", margin=margin)
    yield case("cosine_embedding_single", lambda a, b, y: F.cosine_embedding_loss(a, b, y),
               {"a": a[0], "b": b[0], "y": numpy.array(1.0)}, "a b")
    for i, (p, swap, eps, margin) in enumerate(((2, False, 1e-6, 1.0), (1, True, 1e-6, 0.5), (3, True, 0.01, 2.0),
                                                (2, True, 1e-6, 1.0), (math.inf, False, 1e-6, 1.0))):
        yield from each(f"triplet_{i}", lambda a, p, n, reduction, o=(p, swap, eps, margin): F.triplet_margin_loss(
            a, p, n, margin=o[3], p=o[0], eps=o[2], swap=o[1], reduction=reduction), {"a": a, "p": b, "n": n}, "a p n",
            p="inf" if p == math.inf else p, swap=swap, eps=eps, margin=margin)
    yield from each("triplet_margin_with_distance", lambda a, p, n, reduction: F.triplet_margin_with_distance_loss(
        a, p, n, distance_function=lambda u, v: ((u - v) ** 2).sum(-1), reduction=reduction),
        {"a": a, "p": b, "n": n}, "a p n", distance="squared")

    def contrastive(a, b, y, reduction):
        far = (a - b).pow(2).sum(1).sqrt()
        return reduced(0.5 * (y * far ** 2 + (1 - y) * F.relu(3 - far) ** 2), reduction)
    yield from each("contrastive", contrastive, {"a": a, "b": b, "y": (y > 0).astype(float)}, "a b", margin=3.0)

    def info_nce(q, k, reduction):
        alike = F.normalize(q) @ F.normalize(k).T / 0.2
        return F.cross_entropy(alike, torch.arange(len(q)), reduction=reduction)
    yield from each("info_nce", info_nce, {"q": a[:4], "k": b}, "q k", temperature=0.2)

    def nt_xent(a, b, reduction):
        both = F.normalize(torch.cat((a, b)))
        alike = (both @ both.T / 0.3).masked_fill(torch.eye(len(both), dtype=torch.bool), -math.inf)
        return F.cross_entropy(alike, torch.arange(len(both)).roll(len(a)), reduction=reduction)
    yield from each("nt_xent", nt_xent, {"a": a, "b": b}, "a b", temperature=0.3)

    def supervised(x, t):
        z, loss, rows = F.normalize(x), 0, 0
        for i in range(len(x)):
            kin = [j for j in range(len(x)) if j != i and t[j] == t[i]]
            other = [j for j in range(len(x)) if j != i]
            lp = z[i] @ z.T / 0.5
            loss = loss + sum(torch.logsumexp(lp[other], 0) - lp[j] for j in kin) / max(len(kin), 1)
            rows += bool(kin)
        return loss / rows
    yield case("supervised_contrastive", supervised, {"x": a, "t": numpy.array([0, 1, 0, 2, 1, 0])}, "x", temperature=0.5)


def of_regions(rng):
    p, t = rng.random((2, 3, 4, 2)), (rng.random((2, 3, 4, 2)) < 0.4).astype(float)
    t[0, 1] = 0
    over = (2, 3)

    def dice(p, t, reduction):
        return reduced(1 - (2 * (p * t).sum(over) + 1) / (p.sum(over) + t.sum(over) + 1), reduction)
    yield from each("dice", dice, {"p": p, "t": t}, "p", smooth=1.0)

    def tversky(p, t, reduction):
        tp, fp, fn = (p * t).sum(over), (p * (1 - t)).sum(over), ((1 - p) * t).sum(over)
        return reduced(1 - (tp + 1e-5) / (tp + 0.2 * fp + 0.9 * fn + 1e-5), reduction)
    yield from each("tversky", tversky, {"p": p, "t": t}, "p", alpha=0.2, beta=0.9)

    def generalised(p, t, reduction):
        w = 1 / t.sum(over) ** 2
        w = torch.where(w.isinf(), torch.where(w.isinf(), torch.zeros(()).double(), w).max(1, keepdim=True)[0], w)
        return reduced(1 - (2 * (w * (p * t).sum(over)).sum(1) + 1e-5) / ((w * (p + t).sum(over)).sum(1) + 1e-5), reduction)
    yield from each("generalised_dice", generalised, {"p": p, "t": t}, "p")


def of_time(rng):
    x = rng.normal(size=(9, 3, 6))
    padded = numpy.array([[1, 2, 2, 5], [3, 3, 99, -7], [4, 0, 0, 0]])
    il, tl = numpy.array([9, 8, 5]), numpy.array([4, 2, 1])
    behind = "log_softmax(x,2); x is time,batch,class"

    def ctc(x, t, il, tl, **o):
        return F.ctc_loss(x.log_softmax(2), t, il, tl, **o)
    for reduction in REDUCTIONS:
        yield case(f"ctc_padded_{reduction}", lambda x, t, il, tl, r=reduction: ctc(x, t.clamp(0, 5), il, tl, reduction=r),
                   {"x": x, "t": padded, "il": il, "tl": tl}, "x", reduction=reduction, blank=0, input=behind)
        yield case(f"ctc_joined_{reduction}", lambda x, t, il, tl, r=reduction: ctc(x, t, il, tl, reduction=r, blank=2),
                   {"x": x, "t": numpy.array([1, 3, 3, 5, 0, 4, 4]), "il": il, "tl": tl}, "x", reduction=reduction, blank=2,
                   input=behind)
        tight = {"x": x[:4], "t": padded.clip(0, 5), "il": numpy.array([4, 4, 2]), "tl": tl}
        yield case(f"ctc_impossible_{reduction}", lambda x, t, il, tl, r=reduction: ctc(
            x, t, il, tl, reduction=r, zero_infinity=True), tight, "x", reduction=reduction, zero_infinity=True, input=behind)
        yield case(f"ctc_infinite_{reduction}", lambda x, t, il, tl, r=reduction: ctc(x, t, il, tl, reduction=r), tight, "",
                   reduction=reduction, input=behind)
        yield case(f"ctc_nothing_{reduction}", lambda x, t, il, tl, r=reduction: ctc(x, t, il, tl, reduction=r),
                   {"x": x, "t": padded.clip(0, 5), "il": il, "tl": numpy.array([0, 2, 0])}, "x", reduction=reduction,
                   input=behind)


def on_weights(module, call):
    def run(inputs):
        own = {name: inputs[name] for name, _ in module.named_parameters()}
        with torch.nn.utils.stateless._reparametrize_module(module, own):
            return call(module, inputs)
    return run


def of_clusters(rng):
    """a softmax in clusters, on the weights of PyTorch's module"""
    for i, (cutoffs, div, bias) in enumerate((([2], 4.0, False), ([3, 5], 2.0, True), ([1, 2, 6], 1.0, False))):
        module = torch.nn.AdaptiveLogSoftmaxWithLoss(8, 9, cutoffs, div, bias).double()
        weights = {name: rng.normal(size=tuple(p.shape)) for name, p in module.named_parameters()}
        x = {"x": rng.normal(size=(6, 8)), "target": numpy.array([0, 8, 3, 5, 1, 8]), **weights}

        grads = " ".join(["x", *weights])
        yield case(f"adaptive_log_softmax_with_loss_{i}", on_weights(module, lambda m, t: tuple(m(t["x"], t["target"]))), x, grads)
        x = {name: value for name, value in x.items() if name != "target"}
        yield case(f"adaptive_log_prob_{i}", on_weights(module, lambda m, t: m.log_prob(t["x"])), x, grads)
        yield case(f"adaptive_predict_{i}", on_weights(module, lambda m, t: m.predict(t["x"])), x, "")


def cases(rng):
    for part in (of_elements, of_two, of_classes, of_likelihood, of_pairs, of_regions, of_time, of_clusters):
        yield from part(rng)
