/* sgd - gradient descent with momentum (Polyak 1964, Nesterov 1983), as PyTorch's SGD with dampening 0.

   g = grad + decay p;   b = momentum b + g;   p - rate (nesterov ? g + momentum b : momentum ? b : g)
   State: <name>.step, and with momentum <name>.momentum_buffer.<parameter>; the first buffer is the first gradient. */
#include "update.h"

#ifdef NRV_HEADER
/* Zero is the default: lr 0.01 (PyTorch names none), no momentum, no decay, name "sgd". rate: a scalar in the place of
   lr; when: a bool scalar, and nothing changes where it is false. */
typedef struct {
    double lr, momentum, decay;
    int nesterov;
    nrv_tensor rate, when;
    const char *name;
    int64_t reserved[4];
} nrv_sgd_opt;
#endif

typedef struct sgd_numbers {
    double momentum, decay;
    bool nesterov;
} sgd_numbers;

static nrv_tensor sgd_rule(const nrv__update *u, const nrv__entry *p, nrv_tensor grad, const void *numbers)
{
    const sgd_numbers *n = numbers;
    nrv_tensor x = p->value, rate = nrv__cast_like(u->rate, x);
    if (n->decay != 0)
        grad = NRV_EXPR("g, p, d: g + d * p", grad, x, nrv__like(x, n->decay));
    if (n->momentum == 0)
        return NRV_EXPR("p, g, r: p - r * g", x, grad, rate);
    nrv_tensor old = nrv__update_state(u, p->param, "momentum_buffer"), m = nrv__like(x, n->momentum);
    nrv_tensor buffer = NRV_EXPR("b, g, m: m * b + g", old, grad, m);
    nrv__update_keep(u, old, buffer);
    if (n->nesterov)
        return NRV_EXPR("p, g, b, m, r: p - r * (g + m * b)", x, grad, buffer, m, rate);
    return NRV_EXPR("p, b, r: p - r * b", x, buffer, rate);
}

/* The parameters' values after one step of gradient descent; nrv_assign_all makes them so. */
NRV_API nrv_list nrv_sgd(nrv_list params, nrv_list grads, const nrv_sgd_opt *opt)
{
    nrv_sgd_opt o = opt ? *opt : (nrv_sgd_opt){ 0 };
    sgd_numbers n = { nrv__update_option(o.momentum, 0), nrv__update_option(o.decay, 0), o.nesterov != 0 };
    nrv__update u;
    if (!nrv__update_begin(&u, params, grads, o.name ? o.name : "sgd", nrv__update_option(o.lr, 0.01), o.rate, o.when))
        return NULL;
    if (n.nesterov && n.momentum == 0)
        return nrv__graph_fail(u.g, NRV_EARG, "0.9 is usual", "sgd: nesterov wants a momentum"), NULL;
    return nrv__update_all(&u, params, grads, sgd_rule, &n);
}

static nrv_list sgd_make(nrv_list params, nrv_list grads, nrv_tensor rate, const nrv__case *c)
{
    return nrv_sgd(params, grads,
                   &(nrv_sgd_opt){ .lr = nrv__case_real(c, "lr", 0),
                                   .momentum = nrv__case_real(c, "momentum", 0),
                                   .decay = nrv__case_real(c, "decay", 0),
                                   .nesterov = nrv__case_text(c, "nesterov") != NULL,
                                   .rate = rate,
                                   .name = c->name });
}

NRV_OPTIM(sgd, .doc = "Gradient descent; momentum and nesterov as in PyTorch.", .make = sgd_make);
