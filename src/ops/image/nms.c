/* nms - non-maximum suppression: of boxes that overlap only the best is kept.

   From the highest score down (of equals the first, a NaN before all), a box is kept unless it overlaps one that is
   kept by more than the threshold; an overlap of 0/0 suppresses nothing. As torchvision's nms, with a count in front
   because lengths do not depend on data. */
#include "../op.h"

typedef struct nms_attr {
    double threshold;
} nms_attr;

static bool nms_shape(nrv__infer *s)
{
    nrv_tensor boxes = s->in[0], scores = s->in[1];
    if (!nrv__infer_real(s, 0) || !nrv__infer_real(s, 1))
        return false;
    bool fits = boxes->rank == scores->rank + 1 && scores->rank >= 1 && boxes->dim[boxes->rank - 1] == 4;
    s->rank = scores->rank;
    for (int i = 0; i < scores->rank && fits; i++)
        fits = nrv__dim_same(s->g, boxes->dim[i], scores->dim[i], "nms", &s->dim[i]);
    if (!fits)
        return nrv__infer_fail(s, NRV_ESHAPE, "boxes (...,K,4) as x1, y1, x2, y2, and a score for each (...,K)",
                               "the scores do not fit the boxes");
    s->type = NRV_I64;
    s->dim[s->rank - 1] = nrv__dim_add(s->g, s->dim[s->rank - 1], 1);
    return true;
}

static double nms_least(double a, double b)
{
    return a < b ? a : b;
}

static double nms_most(double a, double b)
{
    return a > b ? a : b;
}

static bool nms_overlaps(const double *a, const double *b, double threshold)
{
    double w = nms_most(0, nms_least(a[2], b[2]) - nms_most(a[0], b[0]));
    double h = nms_most(0, nms_least(a[3], b[3]) - nms_most(a[1], b[1]));
    double both = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]);
    return w * h / (both - w * h) > threshold;
}

/* score i comes before score k */
static bool nms_before(const double *score, int64_t i, int64_t k)
{
    double a = score[i], b = score[k];
    if (a != a || b != b)
        return a != a && (b == b || i < k);
    return a > b || (a == b && i < k);
}

/* the best of those that come behind `last`, which is -1 at first; -1: there is none */
static int64_t nms_next(const double *score, int64_t n, int64_t last)
{
    int64_t best = -1;
    for (int64_t i = 0; i < n; i++)
        if ((last < 0 || nms_before(score, last, i)) && (best < 0 || nms_before(score, i, best)))
            best = i;
    return best;
}

static void nms_ref(const nrv__args *a)
{
    double threshold = ((const nms_attr *)a->attr)->threshold;
    int64_t k = a->in[1].dim[a->in[1].rank - 1];
    const double *box = a->in[0].data, *score = a->in[1].data;
    for (double *y = a->out[0].data, *end = y + a->n; y < end; y += k + 1, box += 4 * k, score += k) {
        int64_t kept = 0;
        for (int64_t i = nms_next(score, k, -1); i >= 0; i = nms_next(score, k, i)) {
            bool stays = true;
            for (int64_t j = 0; j < kept && stays; j++)
                stays = !nms_overlaps(box + 4 * (int64_t)y[1 + j], box + 4 * i, threshold);
            if (stays)
                y[1 + kept++] = (double)i;
        }
        y[0] = (double)kept;
        for (int64_t j = kept; j < k; j++)
            y[1 + j] = -1;
    }
}

static nrv_tensor nms_of(nrv_tensor boxes, nrv_tensor scores, double threshold);

static nrv_tensor nms_make(nrv__case *c)
{
    return nms_of(c->x[0], c->n_x > 1 ? c->x[1] : NULL, nrv__case_real(c, "iou_threshold", 0.5));
}

static nrv_tensor nms_batch(const nrv__batch *b)
{
    nrv_tensor boxes = nrv__batch_wide(b, 0), scores = nrv__batch_wide(b, 1);
    return boxes && scores ? nms_of(boxes, scores, ((const nms_attr *)b->y->attr)->threshold) : NULL;
}

NRV_OP(nms, .sig = "real boxes[...,K,4], real scores[...,K] -> i64 y[...,K+1]",
       .doc = "Which boxes (x1,y1,x2,y2) are kept, the best first, where no two overlap by more than a threshold: how "
              "many, their numbers, and -1 behind.",
       .shape = nms_shape, .ref = nms_ref, .make = nms_make, .batch = nms_batch, .attr_bytes = sizeof(nms_attr),
       .no_grad = "an index is piecewise constant", .onnx = "NonMaxSuppression",
       .refuse = { "boxes[4,4], scores[3] => nms: the scores do not fit the boxes | in here | input 0: input "
                   "f32 [4, 4] boxes | input 1: input f32 [3] scores | hint boxes (...,K,4) as x1, y1, x2, "
                   "y2, and a score for each (...,K)",
                   "boxes[4,5], scores[4] => nms: the scores do not fit the boxes | in here | input 0: input "
                   "f32 [4, 5] boxes | input 1: input f32 [4] scores | hint boxes (...,K,4) as x1, y1, x2, "
                   "y2, and a score for each (...,K)",
                   "boxes:i32[4,4], scores[4] => nms: input 0 is i32, a real type is wanted | in here | input "
                   "0: input i32 [4, 4] boxes | input 1: input f32 [4] scores | hint nrv_cast it to NRV_F32" },
       .test = { "boxes[4,4]{0,0,2,2, .1,0,2,2, 3,3,5,4, 3,3,4,5}, scores[4]{.5,.9,.3,.9}, iou_threshold=0.5",
                 "boxes[2,3,4] in 0..3, scores[2,3], iou_threshold=0.1", "boxes[0,4], scores[0]",
                 "boxes[30,4] in 0..5, scores[30]" });

static nrv_tensor nms_of(nrv_tensor boxes, nrv_tensor scores, double threshold)
{
    nms_attr a = { threshold };
    return nrv__op_with(&nrv__op_nms, NRV_N(const nrv_tensor, boxes, scores), &a, 0, NULL);
}

/* boxes (...,K,4) as x1, y1, x2, y2, scores (...,K) -> i64 (...,K): the numbers of the boxes that are kept, the best
   first, then -1; *count, unless NULL, is i64 (...): how many. A box goes if it overlaps a better one that is kept by
   more than threshold (intersection over union). For classes apart, move the boxes of each by more than an image. */
NRV_API nrv_tensor nrv_nms(nrv_tensor boxes, nrv_tensor scores, double threshold, nrv_tensor *count)
{
    nrv_tensor y = nms_of(boxes, scores, threshold);
    if (count) {
        nrv_shape s = y ? nrv_shape_of(y) : NRV_SCALAR;
        s.rank -= s.rank > 0;
        *count = y ? nrv_reshape(nrv_slice(y, -1, 0, 1), s) : NULL;
    }
    return y ? nrv_slice(y, -1, 1, NRV_SAME) : NULL;
}
