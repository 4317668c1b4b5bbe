/* gemm.c - one matrix product, row major, by OpenBLAS, BLIS or oneDNN, whichever is installed: gemm LIBRARY gemm MxNxK
   nn.

   Promises: the library is loaded when it is asked for, so this builds everywhere; some elements are held against sums
   in double. Does not do: choose the library's kernels - OPENBLAS_CORETYPE and its like are the caller's. Exit 4: the
   library is not installed. */
#include "peer.h"
#include <dlfcn.h>

typedef void gemm_cblas(int order, int ta, int tb, int m, int n, int k, float alpha, const float *a, int lda,
                        const float *b, int ldb, float beta, float *c, int ldc);
typedef int gemm_dnnl(char ta, char tb, int64_t m, int64_t n, int64_t k, float alpha, const float *a, int64_t lda,
                      const float *b, int64_t ldb, float beta, float *c, int64_t ldc);
enum { GEMM_ROWS = 101, GEMM_PLAIN = 111, GEMM_TURNED = 112 };

typedef struct gemm_job {
    long m, n, k, lda, ldb;
    int ta, tb;
    float *a, *b, *c;
    gemm_cblas *cblas;
    gemm_dnnl *dnnl;
} gemm_job;

static void gemm_run(void *user)
{
    const gemm_job *j = user;
    if (j->dnnl)
        j->dnnl(j->ta ? 'T' : 'N', j->tb ? 'T' : 'N', j->m, j->n, j->k, 1, j->a, j->lda, j->b, j->ldb, 0, j->c, j->n);
    else
        j->cblas(GEMM_ROWS, j->ta ? GEMM_TURNED : GEMM_PLAIN, j->tb ? GEMM_TURNED : GEMM_PLAIN, (int)j->m, (int)j->n,
                 (int)j->k, 1, j->a, (int)j->lda, j->b, (int)j->ldb, 0, j->c, (int)j->n);
}

static int gemm_right(const gemm_job *j)
{
    for (long at = j->m * j->n - 1; at >= 0; at -= j->m * j->n / 100 + 1) {
        double sum = 0, size = 0;
        long row = at / j->n, column = at % j->n;
        for (long i = 0; i < j->k; i++) {
            double one = (double)j->a[j->ta ? i * j->m + row : row * j->k + i] *
                         (double)j->b[j->tb ? column * j->k + i : i * j->n + column];
            sum += one;
            size += fabs(one);
        }
        if (!(fabs((double)j->c[at] - sum) <= (double)(j->k + 1) * 0x1p-24 * size))
            return 0;
    }
    return 1;
}

/* 0, or the exit code */
static int gemm_library(gemm_job *j, const char *name)
{
    static const struct {
        const char *name, *file[2], *symbol;
    } known[] = { { "openblas", { "libopenblas.so.0", "libopenblas.so" }, "cblas_sgemm" },
                  { "blis", { "libblis.so.4", "libblis.so" }, "cblas_sgemm" },
                  { "onednn", { "libdnnl.so.3", "libdnnl.so.2" }, "dnnl_sgemm" } };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].name, name) != 0)
            continue;
        void *library = dlopen(known[i].file[0], RTLD_NOW | RTLD_GLOBAL), *symbol;
        library = library ? library : dlopen(known[i].file[1], RTLD_NOW | RTLD_GLOBAL);
        symbol = library ? dlsym(library, known[i].symbol) : NULL;
        if (!symbol)
            return fprintf(stderr, "%s is not installed\n", name), PEER_MISSING;
        void (*threads)(long) = NULL;
        void *set = dlsym(library, "bli_thread_set_num_threads");
        memcpy(&threads, &set, sizeof set);
        if (threads)
            threads(peer_threads());
        memcpy(i == 2 ? (void *)&j->dnnl : (void *)&j->cblas, &symbol, sizeof symbol);
        return 0;
    }
    return fprintf(stderr, "usage: gemm openblas|blis|onednn gemm MxNxK nn|tn|nt|tt\n"), 2;
}

int main(int argc, char **argv)
{
    gemm_job j = { 0 };
    long size[3];
    const char *way = argc > 4 ? argv[4] : "nn";
    int code = gemm_library(&j, argc > 3 ? argv[1] : "");
    if (code)
        return code;
    if (peer_lengths(argv[3], size, 3) != 3)
        return fprintf(stderr, "gemm wants MxNxK\n"), 2;
    j.m = size[0], j.n = size[1], j.k = size[2];
    j.ta = way[0] == 't', j.tb = way[1] == 't';
    j.lda = j.ta ? j.m : j.k, j.ldb = j.tb ? j.k : j.n;
    j.a = peer_floats((size_t)(j.m * j.k));
    j.b = peer_floats((size_t)(j.k * j.n));
    j.c = peer_floats((size_t)(j.m * j.n));
    gemm_run(&j);
    int right = gemm_right(&j);
    peer_measure(peer_row(argc, argv, 2), gemm_run, &j, right);
    return right ? 0 : (fprintf(stderr, "its product is wrong\n"), 1);
}
