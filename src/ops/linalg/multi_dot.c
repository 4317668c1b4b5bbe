/* multi_dot - the product of several matrices, in the order that multiplies least (Cormen et al., 15.2) */
#include "matrix.h"

enum { CHAIN_MOST = 32 };

static nrv_tensor multi_dot_make(nrv__case *c)
{
    return nrv_multi_dot(c->n_x, c->x);
}

NRV_OP(
    multi_dot, .sig = "real x0[m,k], real x1[k,l], ... -> y[m,n]",
    .doc = "The product of up to 32 matrices, in the order that multiplies least where their lengths are known, else "
           "from the left. The first may be a vector, a row, and the last, a column.",
    .flags = NRV_MACRO, .make = multi_dot_make, .ulp = 64,
    .tolerance_why = "products in float; the error grows with the root of the lengths",
    .torch = "linalg.multi_dot chain_matmul", .numpy = "linalg.multi_dot",
    .refuse = { "x0[2,3] => multi_dot: a product of 1 | in here | input 0: input f32 [2, 3] x0 | hint from 2 to 32",
                "x0[2,3], x1[4,2] => multi_dot: inputs 0 and 1 do not meet | in here | input 0: input f32 [2, 3] x0 | "
                "input 1: input f32 [4, 2] x1 | hint as many columns as the next one has rows",
                "x0[2,3], x1[3], x2[3,2] => multi_dot: input 1 has rank 1 | in here | input 0: input f32 [3] x1 | hint "
                "matrices; a vector at either end" },
    .test = { "x0[3,4], x1[4,2]", "x0[10,2], x1[2,8], x2[8,3], x3[3,5]", "x0[4], x1[4,2], x2[2]", "x0[4], x1[4,2]" });

/* cut[i][j]: where the product of i..j is split; lengths p[0..n] */
static void chain_plan(const double *p, int n, int cut[CHAIN_MOST][CHAIN_MOST])
{
    double cost[CHAIN_MOST][CHAIN_MOST];
    for (int i = 0; i < n; i++)
        cost[i][i] = 0;
    for (int length = 2; length <= n; length++)
        for (int i = 0; i + length <= n; i++) {
            int j = i + length - 1;
            cut[i][j] = -1;
            for (int k = i; k < j; k++) {
                double c = cost[i][k] + cost[k + 1][j] + p[i] * p[k + 1] * p[j + 1];
                if (cut[i][j] < 0 || c < cost[i][j])
                    cost[i][j] = c, cut[i][j] = k;
            }
        }
}

/* only the products that the plan wants, short ones first */
static nrv_tensor chain_product(const nrv_tensor *x, int n, int cut[CHAIN_MOST][CHAIN_MOST])
{
    bool wanted[CHAIN_MOST][CHAIN_MOST] = { { false } };
    nrv_tensor y[CHAIN_MOST][CHAIN_MOST] = { { NULL } };
    wanted[0][n - 1] = true;
    for (int length = n; length > 1; length--)
        for (int i = 0; i + length <= n; i++) {
            int j = i + length - 1;
            if (wanted[i][j])
                wanted[i][cut[i][j]] = wanted[cut[i][j] + 1][j] = true;
        }
    for (int length = 1; length <= n; length++)
        for (int i = 0; i + length <= n; i++) {
            int j = i + length - 1, k = cut[i][j];
            if (wanted[i][j])
                y[i][j] = length == 1 ? x[i] : nrv_matmul(y[i][k], y[k + 1][j]);
        }
    return y[0][n - 1];
}

/* x[0] x[1] ... x[n-1], matrices; the first may be a vector (k), the last one, too */
NRV_API nrv_tensor nrv_multi_dot(int n, const nrv_tensor *x)
{
    const nrv__opdef *op = &nrv__op_multi_dot;
    nrv_tensor m[CHAIN_MOST];
    double p[CHAIN_MOST + 1];
    int cut[CHAIN_MOST][CHAIN_MOST] = { { 0 } };
    bool row, column, known = true;
    if (n < 1 || !x || !nrv__op_wants_real(op, n < CHAIN_MOST ? n : CHAIN_MOST, x))
        return NULL;
    if (n < 2 || n > CHAIN_MOST)
        return nrv__op_refuses(op, 1, x, NRV_EARG, "from 2 to 32", "a product of %d", n);
    row = x[0]->rank == 1, column = x[n - 1]->rank == 1;
    for (int i = 0; i < n; i++) {
        m[i] = i == 0 && row ? nrv_expand(x[i], -2, 1) : i == n - 1 && column ? nrv_expand(x[i], -1, 1) : x[i];
        if (!m[i] || m[i]->rank != 2)
            return nrv__op_refuses(op, 1, &x[i], NRV_ESHAPE, "matrices; a vector at either end", "input %d has rank %d",
                                   i, x[i]->rank);
        nrv_dim d;
        if (i && !nrv__dim_same(m[i]->g, nrv__columns(m[i - 1]), nrv__rows(m[i]), op->name, &d))
            return nrv__op_refuses(op, 2, x + i - 1, NRV_ESHAPE, "as many columns as the next one has rows",
                                   "inputs %d and %d do not meet", i - 1, i);
        p[i] = (double)nrv__rows(m[i]), p[i + 1] = (double)nrv__columns(m[i]);
        known = known && p[i] >= 0 && p[i + 1] >= 0;
    }
    if (known)
        chain_plan(p, n, cut);
    for (int i = 0; i < n && !known; i++)
        for (int j = i + 1; j < n; j++)
            cut[i][j] = j - 1;
    nrv_tensor y = chain_product(m, n, cut);
    y = row ? nrv_squeeze(y, 0) : y;
    return column ? nrv_squeeze(y, -1) : y;
}
