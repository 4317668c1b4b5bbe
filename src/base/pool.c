/* pool.c - worker threads that share out the units of one task at a time.

   Promises: as pool.h says. A worker that wakes too late finds the job closed and goes back to sleep; nobody waits for
   it. A second run on a pool that is at work - nested, or from another thread - and a run in a forked child, which has
   no workers, are done by the caller alone. Workers block all signals: those belong to the program. Does not do:
   several jobs at once, priorities, giving each worker a processor. */
#include "pool.h"

#ifdef __wasm__

struct nrv_pool {
    int threads;
};

nrv_pool *nrv_pool_new(int threads)
{
    (void)threads;
    nrv__mem mem = nrv__mem_default();
    nrv_pool *p = nrv__alloc(&mem, NULL, 0, sizeof *p);
    if (p)
        p->threads = 1;
    return p;
}

void nrv_pool_free(nrv_pool *p)
{
    nrv__mem mem = nrv__mem_default();
    nrv__alloc(&mem, p, sizeof *p, 0);
}

int nrv__pool_threads(const nrv_pool *p)
{
    return p ? p->threads : 1;
}

void nrv__pool_run(nrv_pool *p, int64_t units, int64_t grain, nrv__task *task, void *user)
{
    (void)p, (void)grain;
    if (units > 0)
        task(user, 0, units, 0);
}

#else
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { POOL_MAX = 1024, POOL_SPIN_NS = 20000 };

/* The state of the current job in one word, so that joining it is one compare-and-swap: how many workers are inside,
   may more come in, and which job it is. */
#define POOL_INSIDE ((uint64_t)0xFFFF)
#define POOL_OPEN   ((uint64_t)1 << 16)
#define POOL_NEXT   ((uint64_t)1 << 17)

typedef struct pool_worker {
    nrv_pool *pool;
    pthread_t thread;
    int id;
    nrv__aside aside;
} pool_worker;

struct nrv_pool {
    int threads, started; /* with and without the caller */
    pid_t owner;
    size_t bytes;
    pthread_mutex_t mutex;
    pthread_cond_t wake, done;
    nrv__task *task; /* the job: written while nobody is inside, read by those who came in */
    void *user;
    int64_t units, chunks;
    atomic_int busy, sleepers, waiting, quit, caller; /* caller: the processor of the last one */
    char apart[64]; /* two counters that everybody hammers must not share a cache line */
    _Atomic uint64_t state;
    char apart_too[64];
    _Atomic int64_t next;
    char apart_again[64];
    pool_worker worker[];
};

static int64_t pool_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void pool_breathe(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/* pieces of at least grain units, as equal as can be */
static void pool_chunk(const nrv_pool *p, int64_t c, int worker)
{
    int64_t each = p->units / p->chunks, longer = p->units % p->chunks;
    int64_t begin = c * each + (c < longer ? c : longer);
    p->task(p->user, begin, begin + each + (c < longer), worker);
}

static void pool_work(nrv_pool *p, int worker)
{
    for (;;) {
        int64_t c = atomic_fetch_add_explicit(&p->next, 1, memory_order_relaxed);
        if (c >= p->chunks)
            return;
        pool_chunk(p, c, worker);
    }
}

static bool pool_news(nrv_pool *p, uint64_t seen)
{
    uint64_t s = atomic_load(&p->state);
    return atomic_load(&p->quit) || ((s & POOL_OPEN) && s / POOL_NEXT != seen);
}

/* Spins, then sleeps until it is woken, which may be too late for the job that it was woken for */
static void pool_wait_for_news(nrv_pool *p, uint64_t seen)
{
    int64_t until = pool_now() + POOL_SPIN_NS;
    do {
        for (int i = 0; i < 32; i++) {
            if (pool_news(p, seen))
                return;
            pool_breathe();
        }
    } while (pool_now() < until);
    pthread_mutex_lock(&p->mutex);
    atomic_fetch_add(&p->sleepers, 1);
    if (!pool_news(p, seen))
        pthread_cond_wait(&p->wake, &p->mutex);
    atomic_fetch_sub(&p->sleepers, 1);
    pthread_mutex_unlock(&p->mutex);
}

static void pool_apart(pool_worker *w)
{
    const int here = nrv__cpu_here();
    if (here >= 0 && here == atomic_load_explicit(&w->pool->caller, memory_order_relaxed))
        nrv__step_aside(&w->aside, here);
}

static bool pool_join(nrv_pool *p, uint64_t *seen)
{
    uint64_t s = atomic_load(&p->state);
    while ((s & POOL_OPEN) && s / POOL_NEXT != *seen) {
        if (!atomic_compare_exchange_weak(&p->state, &s, s + 1))
            continue;
        *seen = s / POOL_NEXT;
        return true;
    }
    return false;
}

static void pool_leave(nrv_pool *p)
{
    uint64_t s = atomic_fetch_sub(&p->state, 1) - 1;
    if ((s & (POOL_INSIDE | POOL_OPEN)) || !atomic_load(&p->waiting))
        return;
    pthread_mutex_lock(&p->mutex);
    pthread_cond_signal(&p->done);
    pthread_mutex_unlock(&p->mutex);
}

static void *pool_main(void *arg)
{
    pool_worker *w = arg;
    nrv_pool *p = w->pool;
    uint64_t seen = 0;
    while (!atomic_load(&p->quit)) {
        if (pool_join(p, &seen)) {
            pool_work(p, w->id);
            pool_leave(p);
        } else {
            pool_wait_for_news(p, seen);
            pool_apart(w);
        }
    }
    return NULL;
}

static void pool_wake(nrv_pool *p, int64_t helpers)
{
    int asleep = atomic_load(&p->sleepers);
    if (asleep == 0)
        return;
    pthread_mutex_lock(&p->mutex);
    if (helpers >= asleep)
        pthread_cond_broadcast(&p->wake);
    else
        for (; helpers > 0; helpers--)
            pthread_cond_signal(&p->wake);
    pthread_mutex_unlock(&p->mutex);
}

static void pool_wait_for_workers(nrv_pool *p)
{
    if (!(atomic_fetch_and(&p->state, ~POOL_OPEN) & POOL_INSIDE))
        return;
    int64_t until = pool_now() + POOL_SPIN_NS;
    do {
        for (int i = 0; i < 32; i++) {
            if (!(atomic_load(&p->state) & POOL_INSIDE))
                return;
            pool_breathe();
        }
    } while (pool_now() < until);
    pthread_mutex_lock(&p->mutex);
    atomic_store(&p->waiting, 1);
    while (atomic_load(&p->state) & POOL_INSIDE)
        pthread_cond_wait(&p->done, &p->mutex);
    atomic_store(&p->waiting, 0);
    pthread_mutex_unlock(&p->mutex);
}

int nrv__pool_threads(const nrv_pool *p)
{
    return p ? p->threads : 1;
}

void nrv__pool_run(nrv_pool *p, int64_t units, int64_t grain, nrv__task *task, void *user)
{
    if (units <= 0)
        return;
    int64_t chunks = grain > 1 ? units / grain : units;
    int free_pool = 0;
    if (chunks < 2 || !p || p->threads < 2 || p->owner != getpid() ||
        !atomic_compare_exchange_strong(&p->busy, &free_pool, 1)) {
        task(user, 0, units, 0);
        return;
    }
    p->task = task, p->user = user, p->units = units, p->chunks = chunks;
    atomic_store_explicit(&p->next, 0, memory_order_relaxed);
    atomic_store_explicit(&p->caller, nrv__cpu_here(), memory_order_relaxed);
    uint64_t job = atomic_load(&p->state) / POOL_NEXT + 1;
    atomic_store(&p->state, job * POOL_NEXT | POOL_OPEN);
    pool_wake(p, chunks - 1);
    pool_work(p, 0);
    pool_wait_for_workers(p);
    atomic_store(&p->busy, 0);
}

static void pool_release(nrv_pool *p)
{
    nrv__mem mem = nrv__mem_default();
    nrv__alloc(&mem, p, p->bytes, 0);
}

static bool pool_locks(nrv_pool *p)
{
    if (pthread_mutex_init(&p->mutex, NULL) != 0)
        return false;
    if (pthread_cond_init(&p->wake, NULL) == 0) {
        if (pthread_cond_init(&p->done, NULL) == 0)
            return true;
        pthread_cond_destroy(&p->wake);
    }
    pthread_mutex_destroy(&p->mutex);
    return false;
}

static bool pool_start(nrv_pool *p)
{
    sigset_t all, old;
    sigfillset(&all);
    if (pthread_sigmask(SIG_SETMASK, &all, &old) != 0)
        return false;
    for (; p->started < p->threads - 1; p->started++) {
        pool_worker *w = &p->worker[p->started];
        w->pool = p;
        w->id = p->started + 1;
        if (pthread_create(&w->thread, NULL, pool_main, w) != 0)
            break;
    }
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return p->started == p->threads - 1;
}

nrv_pool *nrv_pool_new(int threads)
{
    if (threads < 1) {
        threads = nrv__cores_at("");
        if (threads > POOL_MAX)
            threads = POOL_MAX;
    }
    if (threads > POOL_MAX)
        return NULL;
    nrv__mem mem = nrv__mem_default();
    size_t bytes = sizeof(nrv_pool) + (size_t)(threads - 1) * sizeof(pool_worker);
    nrv_pool *p = nrv__alloc(&mem, NULL, 0, bytes);
    if (!p)
        return NULL;
    memset(p, 0, bytes);
    atomic_store(&p->caller, -1);
    p->threads = threads;
    p->owner = getpid();
    p->bytes = bytes;
    if (!pool_locks(p)) {
        pool_release(p);
        return NULL;
    }
    if (!pool_start(p)) {
        nrv_pool_free(p);
        return NULL;
    }
    return p;
}

void nrv_pool_free(nrv_pool *p)
{
    if (!p)
        return;
    if (p->owner == getpid()) { /* in a forked child there is nobody to join, and the locks may be held */
        atomic_store(&p->quit, 1);
        pthread_mutex_lock(&p->mutex);
        pthread_cond_broadcast(&p->wake);
        pthread_mutex_unlock(&p->mutex);
        for (int i = 0; i < p->started; i++)
            pthread_join(p->worker[i].thread, NULL);
        pthread_cond_destroy(&p->done);
        pthread_cond_destroy(&p->wake);
        pthread_mutex_destroy(&p->mutex);
    }
    pool_release(p);
}
#endif
