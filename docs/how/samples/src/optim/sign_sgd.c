/* sign_sgd - every weight moves by the rate, against the sign of its gradient (Bernstein et al. 2018).

   p - rate * sign(g + decay p)         State: <name>.step

   HOW TO ADD AN OPTIMISER: copy this file to src/optim/<name>.c, change it, run ./do build. An optimiser is a function:
   from parameters and gradients it gives new values, as ops like any other, so it is compiled and fused with the rest.
   NRV_OPTIM makes it a word of `nervo train --optim`, of the documents, and of the tests that try every optimiser. */
#include "update.h"

/* What stands between these lines goes into the public header as it is. Zero is the default of every option. */
#ifdef NRV_HEADER
/* Zero is the default: lr 1e-3, no decay, name "sign_sgd". rate: a scalar in the place of lr; when: a bool scalar, and
   nothing changes where it is false. */
typedef struct {
    double lr, decay;
    nrv_tensor rate, when;
    const char *name;
    int64_t reserved[4];
} nrv_sign_sgd_opt;
#endif

/* The new value of one parameter. What has to be remembered from step to step is asked for by nrv__update_state and set
   by nrv__update_keep: adam.c has two of them for each parameter. It is saved, and resumed, with the weights. */
static nrv_tensor sign_sgd_rule(const nrv__update *u, const nrv__entry *p, nrv_tensor grad, const void *decay)
{
    nrv_tensor x = p->value, d = nrv__like(x, *(const double *)decay);
    return NRV_EXPR("p, g, d, r: p - r * sign(g + d * p)", x, grad, d, nrv__cast_like(u->rate, x));
}

/* The parameters' values after one step against the signs; nrv_assign_all makes them so. */
NRV_API nrv_list nrv_sign_sgd(nrv_list params, nrv_list grads, const nrv_sign_sgd_opt *opt)
{
    nrv_sign_sgd_opt o = opt ? *opt : (nrv_sign_sgd_opt){ 0 };
    double decay = nrv__update_option(o.decay, 0);
    nrv__update u;
    if (!nrv__update_begin(&u, params, grads, o.name ? o.name : "sign_sgd", nrv__update_option(o.lr, 1e-3), o.rate,
                           o.when))
        return NULL;
    return nrv__update_all(&u, params, grads, sign_sgd_rule, &decay);
}

/* The same from named arguments, for the command. */
static nrv_list sign_sgd_make(nrv_list params, nrv_list grads, nrv_tensor rate, const nrv__case *c)
{
    return nrv_sign_sgd(
        params, grads,
        &(nrv_sign_sgd_opt){
            .lr = nrv__case_real(c, "lr", 0), .decay = nrv__case_real(c, "decay", 0), .rate = rate, .name = c->name });
}

NRV_OPTIM(sign_sgd, .doc = "Every weight moves by the rate, against the sign of its gradient.", .make = sign_sgd_make);
