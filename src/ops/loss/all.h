/* all.h - what all losses share: whether their inputs suit each other, weights, reductions, labels, named options. */
#ifndef NRV__OPS_LOSS_ALL_H
#define NRV__OPS_LOSS_ALL_H
#include "../op.h"

/* none is NULL, one graph, one real type, and each of them stretches over the first or the other way round, never both:
   (B,1) and (B) would silently make (B,B). False: the error is set, or was */
bool nrv__loss_fits(const nrv__opdef *op, int n, const nrv_tensor *in);
/* in[0] and in[1] are rows of vectors, (...,D), and in[2] has a number for each row; else as nrv__loss_fits */
bool nrv__loss_fits_rows(const nrv__opdef *op, const nrv_tensor *in);
/* the elements of a loss to what was asked for; o NULL: their mean */
nrv_tensor nrv__reduced(const nrv__opdef *op, nrv_tensor each, const nrv_loss_opt *o);
/* the same, but a mean divides by the sum of count */
nrv_tensor nrv__reduced_by(const nrv__opdef *op, nrv_tensor each, nrv_tensor count, nrv_reduction how);
/* an element-wise loss: the formula on n inputs, all that nrv__loss_fits wants, and so many numbers behind them */
nrv_tensor nrv__loss_of(const nrv__opdef *op, const char *formula, int n, const nrv_tensor *in, int n_number,
                        const double *number, const nrv_loss_opt *o);

/* class numbers, and logits or log-probabilities with the classes as their last axis */
typedef struct nrv__classes {
    nrv_tensor x;      /* (rows...,C) */
    nrv_tensor label;  /* (rows...); 0 where it does not count */
    nrv_tensor counts; /* (rows...) bool: it is not to be ignored; NULL: they all count */
    nrv_tensor weight; /* (C), as it was given; NULL: 1 */
    nrv_tensor count;  /* (rows...) in x's type: the weight of the label, 0 where it does not count; NULL: 1 */
} nrv__classes;
/* ignore: NULL for none. False: the error is set, or was */
bool nrv__classes_of(const nrv__opdef *op, nrv_tensor x, nrv_tensor labels, const nrv_classes_opt *o,
                     const int64_t *ignore, nrv__classes *to);
nrv_tensor nrv__classes_reduced(const nrv__opdef *op, const nrv__classes *c, nrv_tensor each, nrv_reduction how);
nrv_tensor nrv__classes_last(const nrv__opdef *op, nrv_tensor x, int axis); /* 0: axis 1, or the only one */
/* in[2] is NULL, or has a number for each class of x, which has them last. False: the error is set */
bool nrv__class_weights_fit(const nrv__opdef *op, const nrv_tensor *in, nrv_tensor x);
const int64_t *nrv__ignored(const nrv_classes_opt *o); /* what it says, else PyTorch's -100 */

/* ---- options of a case ---- */
nrv_loss_opt nrv__loss_case(const char *op, const nrv__case *c);
/* ignore is where its number goes */
nrv_classes_opt nrv__classes_case(const char *op, const nrv__case *c, int64_t *ignore);
#endif
