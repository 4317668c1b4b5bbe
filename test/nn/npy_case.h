/* npy_case.h - for tests: the float64 arrays of one case of shared/conformance/torch, as graph constants and plain
 * numbers. */
#ifndef TEST_NN_NPY_CASE_H
#define TEST_NN_NPY_CASE_H
#include "nervo.h"
#include "support/shared.h"

typedef struct npy_array {
    unsigned char *file; /* to be freed; NULL: there is no such file */
    nrv_shape shape;
    double *at;
    size_t n;
} npy_array;

static inline npy_array npy_load(const char *folder, const char *name)
{
    char path[256];
    npy_array a = { 0 };
    size_t bytes;
    snprintf(path, sizeof path, "torch/%s/%s.npy", folder, name);
    a.file = shared_bytes(shared_path(path), &bytes);
    if (!a.file)
        return a;
    size_t head = 10 + (size_t)a.file[8] + 256 * (size_t)a.file[9];
    const char *s = strstr((const char *)a.file + 10, "'shape': (") + 10;
    for (a.n = 1; *s != ')'; s += strspn(s, ", ")) {
        char *end;
        a.shape.dim[a.shape.rank] = strtol(s, &end, 10);
        a.n *= (size_t)a.shape.dim[a.shape.rank++];
        s = end;
    }
    a.at = (double *)malloc(a.n * sizeof *a.at);
    if (a.at && bytes == head + a.n * sizeof *a.at)
        memcpy(a.at, a.file + head, a.n * sizeof *a.at);
    return a;
}

static inline void npy_free(npy_array *a)
{
    free(a->at);
    free(a->file);
}
#endif
