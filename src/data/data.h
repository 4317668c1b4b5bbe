/* data.h - data sets from bytes in memory: IDX and NPY into an array, CSV into a table.

   Promises: `source` names the data in every message; memory is asked for only after the bytes that a header claims are
   seen to be there; on failure nothing is left to free.
   Does not do: files, decompression (the command's business), batches. */
#ifndef NRV__DATA_H
#define NRV__DATA_H
#include "../base/base.h"

/* Types that nrv_dtype does not have widen: i8, i16, u16 to i32; u32, u64 to i64 (a u64 that does not fit is an error).
 */
typedef struct nrv__array {
    nrv_dtype type;
    int rank;
    int64_t dim[8];
    void *data; /* row-major */
    nrv__mem mem;
} nrv__array;

int64_t nrv__array_count(const nrv__array *a); /* of elements */
void nrv__array_free(nrv__array *a);
nrv_status nrv__idx_read(const nrv__mem *m, const char *source, const void *bytes, size_t n, nrv__array *out,
                         nrv__why *why);
/* how many bytes the whole file has, by its first n: so that a decompressor knows where to stop (36 are enough) */
nrv_status nrv__idx_size(const char *source, const void *bytes, size_t n, uint64_t *size, nrv__why *why);
nrv_status nrv__npy_read(const nrv__mem *m, const char *source, const void *bytes, size_t n, nrv__array *out,
                         nrv__why *why);

/* What the target column is. By guess: values if its first cell is a number, else classes. */
typedef enum { NRV__TARGET_GUESS, NRV__TARGET_CLASSES, NRV__TARGET_VALUES } nrv__target;

typedef struct nrv__table {
    int64_t rows;
    int features, classes;   /* classes: 0 if the target is values */
    const char **feature;    /* names of the feature columns, in the order of the file */
    const char *target;      /* name of the target column */
    const char **class_name; /* sorted: as numbers if all are, else by bytes */
    float *x;                /* (rows,features) */
    int32_t *label;          /* (rows) if there are classes */
    float *y;                /* (rows) if the target is values */
    nrv__arena arena;        /* all of the above */
} nrv__table;

void nrv__table_free(nrv__table *t);
/* target: name of the target column, NULL = the last one. The separator is the first of , ; tab in the header. */
nrv_status nrv__csv_read(const nrv__mem *m, const char *source, const void *bytes, size_t n, const char *target,
                         nrv__target kind, nrv__table *out, nrv__why *why);

/* ---- for the readers: one element as files spell it ---- */
typedef struct nrv__cell {
    char kind; /* b bool, u unsigned, i signed, f float */
    int width; /* bytes */
    bool big;  /* most significant byte first */
} nrv__cell;

nrv_dtype nrv__cell_type(nrv__cell c);                                 /* the type it is read to */
bool nrv__cell_read(nrv__cell c, const unsigned char *from, void *to); /* false: it does not fit */
/* An array of type, rank and dim as set in a, whose elements lie at from: C order, or first axis fastest. */
nrv_status nrv__array_fill(const nrv__mem *m, const char *source, nrv__cell c, bool first_fastest,
                           const unsigned char *from, nrv__array *a, nrv__why *why);
/* bytes of the elements; false: a length is negative or the product cannot be counted in 63 bits */
bool nrv__shape_bytes(int rank, const int64_t *dim, int64_t each, int64_t *bytes);
#endif
