/* store.h - the inside of a store: one entry for each named tensor. An entry never moves and never changes its shape.
 */
#ifndef NRV__STORE_H
#define NRV__STORE_H
#include "graph.h"
#include <stdatomic.h>

typedef struct nrv__stored {
    const char *name;
    nrv_dtype type;
    int rank;
    int64_t dim[NRV__MAX_RANK];
    size_t bytes;
    void *data;     /* 64-aligned */
    nrv__kind kind; /* 0 until a program said what it is */
} nrv__stored;

struct nrv_store {
    nrv__mem mem;
    nrv__arena names;
    nrv__why why;
    uint64_t seed;
    uint64_t commits;    /* runs that assigned: the counter of random draws */
    nrv__stored **entry; /* sorted by name */
    size_t n_entry, cap_entry;
    const char **key, **note;
    size_t n_note, cap_key, cap_note;
    atomic_flag declaring; /* held while an entry is looked up or added: traces and execs of several threads */
    _Atomic int users;     /* readers, or -1: an assigner */
};

nrv__stored *nrv__store_find(const nrv_store *s, const char *name);
/* finds, or creates by its start; NULL: see why (wrong shape or type, no memory) */
nrv__stored *nrv__store_get(nrv_store *s, const char *name, nrv_dtype t, int rank, const int64_t *dim, nrv__start start,
                            nrv__kind kind, nrv__why *why);
bool nrv__store_same_shape(const nrv__stored *e, int rank, const int64_t *dim);
bool nrv__store_enter(nrv_store *s, bool assign); /* false: busy */
void nrv__store_leave(nrv_store *s, bool assign);
/* to is assigned to, from is read; they may be one. false: to's why says which is busy */
bool nrv__store_enter_both(nrv_store *to, const nrv_store *from);
void nrv__store_leave_both(nrv_store *to, const nrv_store *from);
#endif
