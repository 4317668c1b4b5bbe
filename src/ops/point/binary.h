/* binary.h - what element-wise ops of two inputs, and some of one or three, share in their records. */
#ifndef NRV__BINARY_H
#define NRV__BINARY_H
#include "../op.h"

/* the second operand: an input, or the number of this name */
static inline nrv_tensor binary_second(const nrv__case *c, const char *name)
{
    return c->n_x > 1 ? c->x[1] : nrv__like(c->x[0], nrv__case_real(c, name, 0));
}

/* the shape of an op of a number of any type and a real, whose type the result has */
static inline bool binary_second_real(nrv__infer *s)
{
    if (s->in[0]->type == NRV_BOOL)
        return nrv__infer_fail(s, NRV_EDTYPE, "nrv_cast it to a number", "input 0 is bool, a number is wanted");
    s->type = s->in[1]->type;
    return nrv__infer_real(s, 1) && nrv__infer_broadcast(s);
}

/* for an op made of others: refuses in its own name what `shape` would */
static inline bool binary_fits(const nrv__opdef *op, int n, const nrv_tensor *in, bool (*shape)(nrv__infer *s))
{
    if (!nrv__op_wants(op, n, in))
        return false;
    nrv__infer s = { .g = in[0]->g, .op = op, .in = in, .n_in = n };
    return shape(&s);
}
#endif
