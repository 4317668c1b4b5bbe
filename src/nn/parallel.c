/* parallel - branches that see the same input, side by side along axis 1 (Szegedy et al. 2015). */
#include "layer.h"

static nrv_tensor parallel_join(nrv_tensor x, int n, const nrv_tensor *out)
{
    return x ? nrv_concat(n, out, 1) : NULL;
}

NRV_LAYER(parallel, .word = "parallel", .args = "",
          .doc = "{ a ; b }: every branch sees the same input; what they give is laid side by side along axis 1.",
          .join = parallel_join, .flags = NRV__LAYER_BLOCK | NRV__LAYER_BRANCHES);
