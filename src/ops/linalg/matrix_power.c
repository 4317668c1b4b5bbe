/* matrix_power - a a ... a, n times, by squaring */
#include "matrix.h"

static nrv_tensor matrix_power_make(nrv__case *c)
{
    return nrv_matrix_power(c->x[0], nrv__case_int(c, "n", 1));
}

NRV_OP(matrix_power, .sig = "real a[...,m,m] -> y[...,m,m]",
       .doc = "a multiplied n times with itself; 0 gives ones on the diagonal, a negative n the power of the inverse.",
       .flags = NRV_MACRO, .make = matrix_power_make, .ulp = 64,
       .tolerance_why = "up to 2 log2 n products, each rounded", .torch = "linalg.matrix_power matrix_power",
       .numpy = "linalg.matrix_power",
       .refuse = { "a[2,3], n=2 => matrix_power: a square matrix is wanted, not 2 x 3 | in here | input 0: input f32 "
                   "[2, 3] a | hint as many rows as columns; nrv_lstsq and nrv_pinv take any matrix",
                   "a:i32[2,2], n=2 => matrix_power: input 0 is i32, f32 or f64 is wanted | in here | input 0: input "
                   "i32 [2, 2] a | hint nrv_cast it to NRV_F32" },
       .test = { "a[2,2], n=5", "a[3,3]{1, 2, 3, 4, -1, 1, 2, 5, -3}, n=-2", "a[2,2,2], n=0", "a[2,2,2], n=3",
                 "a[2,2], "
                 "n=1" });

/* a (...,m,m) -> a^n (...,m,m); n < 0: the power of the inverse */
NRV_API nrv_tensor nrv_matrix_power(nrv_tensor a, int64_t n)
{
    if (!nrv__matrix_wants(&nrv__op_matrix_power, 1, &a) || !nrv__matrix_square(&nrv__op_matrix_power, a))
        return NULL;
    if (n == 0)
        return nrv__eye_batch(a, nrv__rows(a));
    nrv_tensor y = NULL, power = n < 0 ? nrv_inv(a) : a;
    uint64_t left = (uint64_t)n;
    if (n < 0)
        left = 0 - left;
    for (; left; left >>= 1) {
        if (left & 1)
            y = y ? nrv_matmul(y, power) : power;
        if (left > 1)
            power = nrv_matmul(power, power);
    }
    return y;
}
