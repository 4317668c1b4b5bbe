/* torch_case.h - one case of PyTorch's values as it lies in a folder: case.json and arrays, see the README of
   NERVO_SHARED/conformance. Promises: a file that is missing or makes no sense is an error with its path, never a
   crash. Does not do: know an op, or judge. */
#ifndef TEST_CONFORMANCE_TORCH_CASE_H
#define TEST_CONFORMANCE_TORCH_CASE_H
#include "../../src/data/data.h"
#include "../../src/ops/op.h"

enum { TORCH_OUTPUTS = 8, TORCH_PATH = 1024 };

typedef struct torch_array { /* all as doubles */
    nrv_dtype type;
    nrv_shape shape;
    int64_t n;
    double *value; /* NULL: there is no such file */
} torch_array;

typedef struct torch_case {
    char folder[TORCH_PATH], why[TORCH_PATH + 700];
    const char *group, *name;
    int n_in, n_arg, n_out; /* no outputs: the path of an optimiser or of a schedule, in files of its own */
    const char *in_name[NRV__CASE_INPUTS];
    torch_array in[NRV__CASE_INPUTS], slope[NRV__CASE_INPUTS]; /* by each input of the weighted sum of the outputs */
    nrv__arg arg[NRV__CASE_ARGS];
    torch_array out[TORCH_OUTPUTS], weight[TORCH_OUTPUTS];
    nrv__arena text;
} torch_case;

bool torch_case_read(torch_case *c, const char *folder); /* false: .why says it. To be freed either way */
void torch_case_free(torch_case *c);
#endif
