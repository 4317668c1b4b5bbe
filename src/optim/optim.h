/* optim.h - what an optimiser is to the command, the documents and the tests.

   An optimiser itself is a C function that returns the parameters' new values and assigns only its own state. */
#ifndef NRV__OPTIM_H
#define NRV__OPTIM_H
#include "../graph/record.h"

typedef struct nrv__optim {
    const char *name; /* "adam": of the function nrv_adam, and of the command's --optim */
    const char *doc;
    /* named arguments: lr, momentum, decay...; rate: a scalar tensor that replaces lr, or NULL */
    nrv_list (*make)(nrv_list params, nrv_list grads, nrv_tensor rate, const nrv__case *c);
} nrv__optim;

#define NRV_OPTIM(id, ...)                   \
    extern const nrv__optim nrv__optim_##id; \
    const nrv__optim nrv__optim_##id = { .name = #id, __VA_ARGS__ }

extern const nrv__optim *const nrv__optims[]; /* generated; ends with NULL */
#endif
