/* adam - steps scaled by running means of the gradient and its square (Kingma & Ba 2015), and adamw: the same with the
   decay taken from the weights instead of the gradient (Loshchilov & Hutter 2019). Both as PyTorch.

   m = beta1 m + (1-beta1) g;   v = beta2 v + (1-beta2) g^2
   p - rate / (1-beta1^t) * m / (sqrt(v / (1-beta2^t)) + eps)

   State: <name>.step (t), <name>.exp_avg.<parameter>, <name>.exp_avg_sq.<parameter>. The corrections are computed once,
   as f64 scalars, so that they are exact also where the parameters are f32; the rest is one element-wise chain for each
   parameter. */
#include "update.h"

#ifdef NRV_HEADER
/* Zero is the default: lr 1e-3, beta1 0.9, beta2 0.999, eps 1e-8, decay 0 (adamw: 0.01), name "adam" (adamw: "adamw");
   a negative number means zero. rate: a scalar in the place of lr; when: a bool scalar, and nothing changes where it is
   false. */
typedef struct {
    double lr, beta1, beta2, eps, decay;
    nrv_tensor rate, when;
    const char *name;
    int64_t reserved[4];
} nrv_adam_opt;
#endif

typedef struct adam_numbers {
    double beta1, beta2, eps, decay;
    bool decoupled;        /* adamw */
    nrv_tensor size, root; /* f64 scalars: rate / (1-beta1^t), 1 / sqrt(1-beta2^t) */
} adam_numbers;

static nrv_tensor adam_rule(const nrv__update *u, const nrv__entry *p, nrv_tensor grad, const void *numbers)
{
    const adam_numbers *n = numbers;
    nrv_tensor x = p->value, m = nrv__update_state(u, p->param, "exp_avg"),
               v = nrv__update_state(u, p->param, "exp_avg_sq");
    if (n->decay != 0 && n->decoupled)
        x = NRV_EXPR("p, r, d: p * (1 - r * d)", x, nrv__cast_like(u->rate, x), nrv__like(x, n->decay));
    else if (n->decay != 0)
        grad = NRV_EXPR("g, p, d: g + d * p", grad, x, nrv__like(x, n->decay));
    nrv_tensor m1 = NRV_EXPR("m, g, a, b: a * m + b * g", m, grad, nrv__like(m, n->beta1), nrv__like(m, 1 - n->beta1));
    nrv_tensor v1 =
        NRV_EXPR("v, g, a, b: a * v + b * (g * g)", v, grad, nrv__like(v, n->beta2), nrv__like(v, 1 - n->beta2));
    nrv__update_keep(u, m, m1);
    nrv__update_keep(u, v, v1);
    return NRV_EXPR("p, m, v, s, r, e: p - s * (m / (sqrt(v) * r + e))", x, m1, v1, nrv__cast_like(n->size, m),
                    nrv__cast_like(n->root, v), nrv__like(v, n->eps));
}

static nrv_list adam_of(nrv_list params, nrv_list grads, const nrv_adam_opt *opt, bool decoupled)
{
    nrv_adam_opt o = opt ? *opt : (nrv_adam_opt){ 0 };
    adam_numbers n = { .beta1 = nrv__update_option(o.beta1, 0.9),
                       .beta2 = nrv__update_option(o.beta2, 0.999),
                       .eps = nrv__update_option(o.eps, 1e-8),
                       .decay = nrv__update_option(o.decay, decoupled ? 0.01 : 0),
                       .decoupled = decoupled };
    const char *name = o.name ? o.name : decoupled ? "adamw" : "adam";
    nrv__update u;
    if (!nrv__update_begin(&u, params, grads, name, nrv__update_option(o.lr, 1e-3), o.rate, o.when))
        return NULL;
    if (n.beta1 >= 1 || n.beta2 >= 1)
        return nrv__graph_fail(u.g, NRV_EARG, "0.9 and 0.999 are usual", "'%s': beta1 %g and beta2 %g must be below 1",
                               name, n.beta1, n.beta2),
               NULL;
    n.size = NRV_EXPR("r, b, t: r / (1 - pow(b, t))", u.rate, nrv__update_number(&u, n.beta1), u.step);
    n.root = NRV_EXPR("b, t: 1 / sqrt(1 - pow(b, t))", nrv__update_number(&u, n.beta2), u.step);
    return nrv__update_all(&u, params, grads, adam_rule, &n);
}

/* The parameters' values after one step of Adam; nrv_assign_all makes them so. */
NRV_API nrv_list nrv_adam(nrv_list params, nrv_list grads, const nrv_adam_opt *opt)
{
    return adam_of(params, grads, opt, false);
}

/* Adam with the decay taken from the weights (0.01 unless .decay says otherwise). */
NRV_API nrv_list nrv_adamw(nrv_list params, nrv_list grads, const nrv_adam_opt *opt)
{
    return adam_of(params, grads, opt, true);
}

static nrv_adam_opt adam_options(nrv_tensor rate, const nrv__case *c)
{
    return (nrv_adam_opt){ .lr = nrv__case_real(c, "lr", 0),
                           .beta1 = nrv__case_real(c, "beta1", 0),
                           .beta2 = nrv__case_real(c, "beta2", 0),
                           .eps = nrv__case_real(c, "eps", 0),
                           .decay = nrv__case_real(c, "decay", 0),
                           .rate = rate,
                           .name = c->name };
}

static nrv_list adam_make(nrv_list params, nrv_list grads, nrv_tensor rate, const nrv__case *c)
{
    nrv_adam_opt o = adam_options(rate, c);
    return nrv_adam(params, grads, &o);
}

static nrv_list adam_make_w(nrv_list params, nrv_list grads, nrv_tensor rate, const nrv__case *c)
{
    nrv_adam_opt o = adam_options(rate, c);
    return nrv_adamw(params, grads, &o);
}

NRV_OPTIM(adam, .doc = "Steps scaled by running means of the gradient and its square.", .make = adam_make);
NRV_OPTIM(adamw, .doc = "Adam with the decay taken from the weights.", .make = adam_make_w);
