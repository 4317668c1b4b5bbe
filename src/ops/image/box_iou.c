/* box_iou - how much boxes overlap: intersection over union of every pair; box_giou - generalised, so that boxes apart
   differ, too (Rezatofighi et al. 2019).

   Boxes are (x1,y1,x2,y2). iou = I/U; giou = I/U - (E-U)/E, E the smallest box around both. 0/0 is NaN, as in
   torchvision. */
#include "../op.h"

extern const nrv__opdef nrv__op_box_iou, nrv__op_box_giou;

typedef struct box_iou_pair {
    nrv_tensor inter, joint, around;
} box_iou_pair;

static nrv_tensor box_iou_side(nrv_tensor boxes, int side, int axis)
{
    nrv_tensor one = nrv_slice(boxes, boxes->rank - 1, side, 1); /* (...,N,1) */
    return axis == 1 ? nrv_transpose(one) : one;
}

static nrv_tensor box_iou_area(nrv_tensor w, nrv_tensor h)
{
    return nrv_mul(nrv_relu(w), nrv_relu(h));
}

/* a (...,N,4), b (...,M,4): (...,N,M) each */
static bool box_iou_of(const nrv__opdef *op, nrv_tensor a, nrv_tensor b, box_iou_pair *p)
{
    const nrv_tensor in[2] = { a, b };
    nrv_tensor s[2][4];
    if (!nrv__op_wants_real(op, 2, in))
        return false;
    if (a->rank < 2 || b->rank < 2 || a->dim[a->rank - 1] != 4 || b->dim[b->rank - 1] != 4)
        return nrv__op_refuses(op, 2, in, NRV_ESHAPE, "boxes are (...,N,4): x1, y1, x2, y2",
                               "ranks %d and %d, or other than four numbers a box", a->rank, b->rank) != NULL;
    for (int i = 0; i < 2; i++)
        for (int k = 0; k < 4; k++)
            s[i][k] = box_iou_side(in[i], k, i);
    p->inter = box_iou_area(nrv_sub(nrv_min(s[0][2], s[1][2]), nrv_max(s[0][0], s[1][0])),
                            nrv_sub(nrv_min(s[0][3], s[1][3]), nrv_max(s[0][1], s[1][1])));
    p->around = box_iou_area(nrv_sub(nrv_max(s[0][2], s[1][2]), nrv_min(s[0][0], s[1][0])),
                             nrv_sub(nrv_max(s[0][3], s[1][3]), nrv_min(s[0][1], s[1][1])));
    nrv_tensor area[2];
    for (int i = 0; i < 2; i++)
        area[i] = nrv_mul(nrv_sub(s[i][2], s[i][0]), nrv_sub(s[i][3], s[i][1]));
    p->joint = nrv_sub(nrv_add(area[0], area[1]), p->inter);
    return p->joint != NULL;
}

static nrv_tensor box_iou_make(nrv__case *c)
{
    return nrv_box_iou(c->x[0], c->n_x > 1 ? c->x[1] : NULL);
}

static nrv_tensor box_giou_make(nrv__case *c)
{
    return nrv_box_giou(c->x[0], c->n_x > 1 ? c->x[1] : NULL);
}

#define BOX_IOU                                                                                         \
    .flags = NRV_MACRO, .ulp = 64, .rel = 1e-11,                                                        \
    .tolerance_why = "areas are differences and products of sides, the union is a difference of areas", \
    .test = { "a[2,4]{0,0,2,3.5, 1.1,1,4,2.5}, b[3,4]{1,-1,3,2, 5,5,6,7, .5,.5,1.25,2.1}",              \
              "a[1,1,4]{0,0,1,2}, b[1,2,4]{.25,.5,2,3, -1,-1,.5,.75}", "a[0,4], b[2,4]{0,0,1,1, 2,2,3,4}" }
NRV_OP(box_iou, .sig = "real a[...,N,4], real b[...,M,4] -> y[...,N,M]",
       .doc = "Intersection over union of every pair of boxes (x1,y1,x2,y2).", .make = box_iou_make,
       .refuse = { "a[2,3], b[3,4] => box_iou: ranks 2 and 2, or other than four numbers a box | in here | "
                   "input 0: input f32 [2, 3] a | input 1: input f32 [3, 4] b | hint boxes are (...,N,4): x1, "
                   "y1, x2, y2",
                   "a:i32[2,4], b:i32[3,4] => box_iou: input 0 is i32, a real type is wanted | in here | "
                   "input 0: input i32 [2, 4] a | input 1: input i32 [3, 4] b | hint nrv_cast it to NRV_F32" },
       BOX_IOU);
NRV_OP(box_giou, .sig = "real a[...,N,4], real b[...,M,4] -> y[...,N,M]",
       .doc = "Generalised intersection over union of every pair of boxes: below 0 where they lie apart.",
       .make = box_giou_make, .also = "generalized_box_iou",
       .refuse = { "a[4], b[3,4] => box_giou: ranks 1 and 2, or other than four numbers a box | in here | "
                   "input 0: input f32 [4] a | input 1: input f32 [3, 4] b | hint boxes are (...,N,4): x1, "
                   "y1, x2, y2",
                   "a:f64[2,4], b:f32[3,4] => box_giou: types differ: f64 and f32 | in here | input 0: input "
                   "f64 [2, 4] a | input 1: input f32 [3, 4] b | hint nrv_cast one of them" },
       BOX_IOU);

/* a (...,N,4), b (...,M,4), boxes as (x1,y1,x2,y2) -> (...,N,M): intersection over union of every pair. */
NRV_API nrv_tensor nrv_box_iou(nrv_tensor a, nrv_tensor b)
{
    box_iou_pair p;
    return box_iou_of(&nrv__op_box_iou, a, b, &p) ? nrv_div(p.inter, p.joint) : NULL;
}

/* As nrv_box_iou, less what of the smallest box around both belongs to neither: -1..1. */
NRV_API nrv_tensor nrv_box_giou(nrv_tensor a, nrv_tensor b)
{
    box_iou_pair p;
    if (!box_iou_of(&nrv__op_box_giou, a, b, &p))
        return NULL;
    return nrv_sub(nrv_div(p.inter, p.joint), nrv_div(nrv_sub(p.around, p.joint), p.around));
}
