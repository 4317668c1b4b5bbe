/* rescale - every feature times a weight of its own.    x (...,n)   weight (n)   y (...,n)

   HOW TO ADD A LAYER: copy this file to src/nn/<name>.c, change it, run ./do build. A layer is a function: it asks for its
   weights by name in the scope that is open, and they are found in the store or made there. NRV_LAYER makes it a word of
   the text form (`dense 8 | rescale | relu`), of `nervo show` and of the documents, and gives it its tests. */
#include "layer.h"

/* What stands between these lines goes into the public header as it is. Zero is the default of every option. */
#ifdef NRV_HEADER
typedef struct { double start; int64_t reserved[4]; } nrv_rescale_opt;   /* start: what the weights begin with; 0 is 1   */
#endif

/* (...,n): every feature times its weight, name.weight (n). */
NRV_API nrv_tensor nrv_rescale(nrv_tensor x, const char *name, const nrv_rescale_opt *opt)
{
    nrv_graph *g = nrv_graph_of(x);
    const nrv_init start = { 1, opt && opt->start != 0 ? opt->start : 1, 0 };
    nrv_push(g, name); /* an error anywhere is kept by the graph and what follows is NULL: no checks between the lines */
    nrv_tensor y = nrv_mul(x, nrv_param(g, "weight", nrv_dtype_of(x), NRV_SHAPE(nrv_dim_of(x, -1)), start));
    nrv_pop(g);
    return y;
}

/* The same from named arguments, for the text form. */
static nrv_tensor rescale_make(nrv__case *c)
{
    return nrv_rescale(c->x[0], c->name, &(nrv_rescale_opt){ .start = nrv__case_real(c, "start", 1) });
}

NRV_LAYER(rescale, .word = "rescale", .args = "start:real=1", .doc = "Every feature times a weight of its own.",
          .make = rescale_make, .test = { "x[3,5]", "x[2,3,4], start=2" });
