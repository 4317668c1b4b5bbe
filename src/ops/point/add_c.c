/* add_c - add with a number */
#include "../op.h"

/* add with the number c. x and y (...) */
NRV_API nrv_tensor nrv_add_c(nrv_tensor x, double c)
{
    return nrv_add(x, nrv__like(x, c));
}
