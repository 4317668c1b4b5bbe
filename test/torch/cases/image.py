"""Images: padding, sizes, places, shuffles; boxes, by what torchvision's documents say, which is not installed."""
import math
import numpy
import torch
from torch.nn import functional as F


def draw(rng, *lengths):
    return rng.standard_normal(lengths)


def pads(rng):
    names = {1: "pad_left_right", 2: "pad_left_right_top_bottom", 3: "pad_left_right_top_bottom_front_back"}
    shapes = [((2, 3, 6), [2, 1]), ((2, 3, 6), [-1, 3]), ((1, 2, 4, 5), [1, 2, 2, 1]), ((1, 2, 4, 5), [3, 0, 1, -2]),
              ((1, 2, 3, 4, 5), [1, 2, 0, 1, 2, 0]), ((2, 4, 5), [2, 1, 3, 2])]
    for i, (lengths, around) in enumerate(shapes):
        for mode in ("constant", "reflect", "replicate", "circular"):
            if mode == "circular" and (min(around) < 0 or len(lengths) != len(around) // 2 + 2):
                continue # PyTorch asks for a batch
            if mode == "replicate" and min(around) < 0:
                continue
            value = 0.5 if mode == "constant" and i % 2 else None
            attrs = {names[len(around) // 2]: around, "mode": mode, "value": value}
            yield {"name": f"pad_{mode}_{i}", "attrs": attrs, "inputs": {"x": draw(rng, *lengths)}, "grads": ["x"],
                   "run": lambda x, a=around, m=mode, v=value: F.pad(x, a, m, v or 0)}
    yield {"name": "pad_7", "attrs": {"pad": [1, 2, 0, 1, 3, 0, 0, 2]}, "inputs": {"x": draw(rng, 2, 1, 3, 2)},
           "grads": ["x"], "run": lambda x: F.pad(x, (1, 2, 0, 1, 3, 0, 0, 2))}


def sizes(rng):
    number = 0
    shapes = {1: [((9,), [5]), ((4,), [11]), ((6,), [6]), ((5,), [1]), ((1,), [4])],
              2: [((4, 5), [8, 10]), ((7, 9), [3, 13]), ((6, 6), [6, 2]), ((3, 8), [1, 5])],
              3: [((3, 4, 5), [6, 2, 7]), ((4, 3, 2), [2, 5, 2])]}
    linear = {1: "linear", 2: "bilinear", 3: "trilinear"}
    for n, pairs in shapes.items():
        for lengths, to in pairs:
            options = [("nearest", None, False), ("nearest-exact", None, False), ("area", None, False),
                       (linear[n], False, False), (linear[n], True, False)]
            if n == 2:
                options += [("bicubic", a, s) for a in (False, True) for s in (False, True)]
                options += [("bilinear", a, True) for a in (False, True)]
            for mode, align, smooth in options:
                attrs = {"size": to, "mode": mode, "align_corners": align} | ({"antialias": True} if smooth else {})
                yield {"name": f"interpolate_{number}", "attrs": attrs, "inputs": {"x": draw(rng, 2, 2, *lengths)},
                       "grads": ["x"],
                       "run": lambda x, t=to, m=mode, a=align, s=smooth: F.interpolate(x, t, None, m, a, antialias=s)}
                number += 1
    for lengths, scale in [((7,), 1.7), ((10,), 0.45), ((6, 5), [2.0, 1.3]), ((5, 7), [0.61, 2.5]), ((3, 4, 5), 1.6)]:
        n = len(lengths)
        for mode in ["nearest", "nearest-exact", "area", linear[n]] + ["bicubic"] * (n == 2):
            for again in (None, True):
                attrs = {"scale_factor": scale, "mode": mode, "recompute_scale_factor": again}
                yield {"name": f"interpolate_{number}", "attrs": attrs, "inputs": {"x": draw(rng, 1, 2, *lengths)},
                       "grads": ["x"], "run": lambda x, s=scale, m=mode, r=again: F.interpolate(
                           x, None, s, m, recompute_scale_factor=r)}
                number += 1
    for i, (n, m) in enumerate([(100, 37), (37, 100), (255, 64), (64, 255), (49, 7), (33, 99), (10, 3)]):
        for mode in ("nearest", "nearest-exact", "linear"):
            yield {"name": f"interpolate_{mode}_{1000 + i}", "attrs": {"size": [m], "mode": mode},
                   "inputs": {"x": draw(rng, 1, 1, n)}, "grads": ["x"],
                   "run": lambda x, m=m, mode=mode: F.interpolate(x, m, mode=mode)}


def places(rng):
    number = 100
    for lengths, to in (((4, 5), (3, 3)), ((1, 6), (2, 4)), ((3, 4, 5), (2, 3, 2))):
        for mode in ("bilinear", "nearest") + (("bicubic",) if len(lengths) == 2 else ()):
            for outside in ("zeros", "border", "reflection"):
                for align in (False, True):
                    grid = rng.uniform(-2.2, 2.2, (2,) + to + (len(to),))
                    attrs = {"mode": mode, "padding_mode": outside, "align_corners": align}
                    yield {"name": f"grid_sample_{number}", "attrs": attrs,
                           "inputs": {"x": draw(rng, 2, 3, *lengths), "g": grid}, "grads": ["x", "g"],
                           "run": lambda x, g, a=(mode, outside, align): F.grid_sample(x, g, *a)}
                    number += 1
    for i, (size, align) in enumerate([([2, 3, 4, 5], False), ([1, 1, 1, 3], True), ([2, 2, 3, 4, 2], False),
                                       ([1, 2, 2, 1, 4], True)]):
        n = len(size) - 2
        yield {"name": f"affine_grid_{100 + i}", "attrs": {"size": size, "align_corners": align},
               "inputs": {"t": draw(rng, size[0], n, n + 1)}, "grads": ["t"],
               "run": lambda t, s=size, a=align: F.affine_grid(t, s, a)}


def shuffles(rng):
    for i, (shape, r) in enumerate([((1, 8, 3, 2), 2), ((2, 9, 2, 3), 3), ((4, 1, 2), 2), ((2, 2, 4, 3, 2), 2)]):
        yield {"name": f"pixel_shuffle_{100 + i}", "attrs": {"upscale_factor": r}, "inputs": {"x": draw(rng, *shape)},
               "grads": ["x"], "run": lambda x, r=r: F.pixel_shuffle(x, r)}
        whole = (*shape[:-2], shape[-2] * r, shape[-1] * r)
        yield {"name": f"pixel_unshuffle_{100 + i}", "attrs": {"downscale_factor": r},
               "inputs": {"x": draw(rng, *whole)}, "grads": ["x"], "run": lambda x, r=r: F.pixel_unshuffle(x, r)}
    yield {"name": "channel_shuffle_0", "attrs": {"groups": 3}, "inputs": {"x": draw(rng, 2, 6, 3, 4)}, "grads": [],
           "run": lambda x: torch.channel_shuffle(x, 3)}


# ---- boxes ----
def some_boxes(rng, n, far=8.0):
    corner = rng.uniform(-1, far, (n, 2))
    return numpy.concatenate([corner, corner + rng.uniform(0.1, far, (n, 2))], 1)


def union_of(a, b):
    low, high = torch.max(a[:, None, :2], b[:, :2]), torch.min(a[:, None, 2:], b[:, 2:])
    both = (high - low).clamp(min=0).prod(2)
    area = [(x[:, 2:] - x[:, :2]).prod(1) for x in (a, b)]
    return both, area[0][:, None] + area[1] - both


def box_iou(a, b):
    both, union = union_of(a, b)
    return both / union


def box_giou(a, b):
    both, union = union_of(a, b)
    low, high = torch.min(a[:, None, :2], b[:, :2]), torch.max(a[:, None, 2:], b[:, 2:])
    around = (high - low).clamp(min=0).prod(2)
    return both / union - (around - union) / around


def nms(boxes, scores, threshold):
    kept = []
    for i in sorted(range(len(scores)), key=lambda i: (-float(scores[i]), i)):
        if all(not box_iou(boxes[i:i + 1], boxes[k:k + 1]) > threshold for k in kept):
            kept.append(i)
    return torch.tensor([len(kept)] + kept + [-1] * (len(scores) - len(kept)))


def between(image, y, x):
    """a sample of (C,H,W) between four pixels, 0 beyond a pixel outside"""
    h, w = image.shape[1:]
    if not (-1 <= y <= h and -1 <= x <= w):
        return torch.zeros(image.shape[0], dtype=image.dtype)
    y, x = min(max(y, 0), h - 1), min(max(x, 0), w - 1)
    t, l = int(y), int(x)
    b, r = min(t + 1, h - 1), min(l + 1, w - 1)
    v, u = y - t, x - l
    return ((1 - v) * (1 - u) * image[:, t, l] + (1 - v) * u * image[:, t, r] + v * (1 - u) * image[:, b, l]
            + v * u * image[:, b, r])


def roi_align(x, boxes, size, scale, samples, aligned):
    move, out = 0.5 if aligned else 0.0, []
    for which, x1, y1, x2, y2 in boxes.tolist():
        left, top, right, bottom = (c * scale - move for c in (x1, y1, x2, y2))
        wide, high = right - left, bottom - top
        if not aligned:
            wide, high = max(wide, 1), max(high, 1)
        cell = (high / size[0], wide / size[1])
        many = [samples if samples > 0 else math.ceil(c) for c in cell]
        for p in range(size[0]):
            for q in range(size[1]):
                found = [between(x[int(which)], top + (p + (i + 0.5) / many[0]) * cell[0],
                                 left + (q + (k + 0.5) / many[1]) * cell[1])
                         for i in range(many[0]) for k in range(many[1])]
                out.append(sum(found, torch.zeros(x.shape[1], dtype=x.dtype)) / max(len(found), 1))
    return torch.stack(out).reshape(len(boxes), *size, x.shape[1]).permute(0, 3, 1, 2)


def roi_pool(x, boxes, size, scale):
    away, out = (lambda v: int(math.copysign(math.floor(abs(v) + 0.5), v))), []
    for which, *sides in boxes.tolist():
        left, top, right, bottom = (away(c * scale) for c in sides)
        cell = (max(bottom - top + 1, 1) / size[0], max(right - left + 1, 1) / size[1])
        for p in range(size[0]):
            for q in range(size[1]):
                rows = range(max(math.floor(p * cell[0]) + top, 0), min(math.ceil((p + 1) * cell[0]) + top, x.shape[2]))
                columns = range(max(math.floor(q * cell[1]) + left, 0),
                                min(math.ceil((q + 1) * cell[1]) + left, x.shape[3]))
                part = x[int(which), :, rows.start:max(rows.stop, rows.start), columns.start:max(columns.stop, columns.start)]
                out.append(part.flatten(1).max(1)[0] if part.numel() else torch.zeros(x.shape[1], dtype=x.dtype))
    return torch.stack(out).reshape(len(boxes), *size, x.shape[1]).permute(0, 3, 1, 2)


def boxes(rng):
    for i in range(3):
        pair = {"a": some_boxes(rng, 4), "b": some_boxes(rng, 5)}
        yield {"name": f"box_iou_{i}", "inputs": pair, "grads": ["a", "b"], "run": box_iou}
        yield {"name": f"box_giou_{i}", "inputs": pair, "grads": ["a", "b"], "run": box_giou}
        scores = numpy.round(rng.uniform(0, 1, 12), 1) # ties
        for threshold in (0.2, 0.5):
            yield {"name": f"nms_{2 * i + (threshold > 0.3)}", "attrs": {"iou_threshold": threshold},
                   "inputs": {"boxes": some_boxes(rng, 12), "scores": scores},
                   "run": lambda boxes, scores, t=threshold: nms(boxes, scores, t)}
    number = 0
    for samples in (2, 3, 0, -1):
        for aligned in (False, True):
            rois = numpy.concatenate([rng.integers(0, 2, (4, 1)), some_boxes(rng, 4, 5.0)], 1)
            attrs = {"output_size": [2, 3], "spatial_scale": 0.7, "sampling_ratio": samples, "aligned": aligned}
            yield {"name": f"roi_align_{number}", "attrs": attrs,
                   "inputs": {"x": draw(rng, 2, 3, 6, 7), "boxes": rois}, "grads": ["x"],
                   "run": lambda x, boxes, s=samples, a=aligned: roi_align(x, boxes, (2, 3), 0.7, s, a)}
            number += 1
    for i, (size, scale) in enumerate([([2, 3], 1.0), ([3, 2], 0.6), ([1, 4], 1.7)]):
        rois = numpy.concatenate([rng.integers(0, 2, (5, 1)), some_boxes(rng, 5, 5.0)], 1)
        yield {"name": f"roi_pool_{i}", "attrs": {"output_size": size, "spatial_scale": scale},
               "inputs": {"x": draw(rng, 2, 3, 6, 7), "boxes": rois}, "grads": ["x"],
               "run": lambda x, boxes, t=size, s=scale: roi_pool(x, boxes, t, s)}


def cases(rng):
    for part in (pads, sizes, places, shuffles, boxes):
        yield from part(rng)
