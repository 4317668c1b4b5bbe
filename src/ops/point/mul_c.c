/* mul_c - mul with a number */
#include "../op.h"

/* mul with the number c. x and y (...) */
NRV_API nrv_tensor nrv_mul_c(nrv_tensor x, double c)
{
    return nrv_mul(x, nrv__like(x, c));
}
