/* safetensors.h - the model file: a JSON header of names, types, shapes and offsets, then the bytes.

   Reading trusts nothing: every length is held against what is left, offsets may not overlap, leave holes or leave
   the file. Writing goes to a temporary file beside the target, is fsynced and renamed, so the old file survives any
   failure.
   Does not do: sharded files, memory mapping. */
#ifndef NRV__SAFETENSORS_H
#define NRV__SAFETENSORS_H
#include "../base/base.h"

typedef struct nrv__st nrv__st;
typedef struct nrv__st_tensor {
    const char *name;
    nrv_dtype type; /* 0: a type of safetensors that nervo has no name for; dtype says which */
    const char *dtype;
    int rank;
    int64_t dim[NRV__MAX_RANK];
    const void *data;       /* writing: the bytes */
    uint64_t offset, bytes; /* reading: where in the file */
} nrv__st_tensor;
typedef struct nrv__st_note {
    const char *key, *text;
} nrv__st_note;

nrv__st *nrv__st_open(const nrv__mem *m, const char *path, nrv__why *why); /* reads the header only; NULL: see why */
void nrv__st_close(nrv__st *s);
int nrv__st_count(const nrv__st *s);
const nrv__st_tensor *nrv__st_at(const nrv__st *s, int i);
const nrv__st_tensor *nrv__st_find(const nrv__st *s, const char *name);
int nrv__st_notes(const nrv__st *s);
const nrv__st_note *nrv__st_note_at(const nrv__st *s, int i);
nrv_status nrv__st_read(nrv__st *s, const nrv__st_tensor *t, void *to, nrv__why *why); /* t->bytes bytes */
nrv_status nrv__st_write(const nrv__mem *m, const char *path, int n, const nrv__st_tensor *tensors, int n_notes,
                         const nrv__st_note *notes, nrv__why *why);
#endif
