/* test_pool.c - the pool does every unit exactly once, with any number of threads, nested, shared and after a fork. */
#include "../../src/base/pool.h"

#include <pthread.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

enum { UNITS = 3000 };

typedef struct job {
    nrv_pool *pool;
    int threads;
    int64_t grain, units;
    atomic_int done[UNITS], wrong, inside[8];
} job;

static void count(void *user, int64_t begin, int64_t end, int worker)
{
    job *j = user;
    if (worker < 0 || worker >= j->threads || begin >= end) {
        atomic_fetch_add(&j->wrong, 1);
        return;
    }
    if (atomic_fetch_add(&j->inside[worker], 1) != 0)
        atomic_fetch_add(&j->wrong, 1);
    if (end - begin < j->grain && end - begin != j->units)
        atomic_fetch_add(&j->wrong, 1);
    for (int64_t u = begin; u < end; u++)
        atomic_fetch_add(&j->done[u], 1);
    atomic_fetch_sub(&j->inside[worker], 1);
}

static void expect_each_once(job *j, int64_t units)
{
    assert_int_equal(j->wrong, 0);
    for (int64_t u = 0; u < UNITS; u++)
        assert_int_equal(j->done[u], u < units);
}

static void every_unit_is_done_once(void **state)
{
    (void)state;
    const int threads[] = { 1, 2, 3, 7 };
    const int64_t units[] = { 0, 1, 2, 5, 64, 999, UNITS }, grains[] = { 0, 1, 2, 7, 1000, INT64_MAX };
    for (int t = 0; t < 4; t++) {
        nrv_pool *p = nrv_pool_new(threads[t]);
        assert_non_null(p);
        assert_int_equal(nrv__pool_threads(p), threads[t]);
        for (int u = 0; u < 7; u++)
            for (int g = 0; g < 6; g++) {
                job j = { .pool = p, .threads = threads[t], .grain = grains[g], .units = units[u] };
                nrv__pool_run(p, units[u], grains[g], count, &j);
                expect_each_once(&j, units[u]);
            }
        nrv_pool_free(p);
    }
}

static void no_pool_means_the_caller(void **state)
{
    (void)state;
    job j = { .threads = 1, .grain = 1, .units = 10 };
    assert_int_equal(nrv__pool_threads(NULL), 1);
    nrv__pool_run(NULL, 10, 1, count, &j);
    expect_each_once(&j, 10);
    nrv_pool_free(NULL);
}

static void many_short_runs(void **state)
{
    (void)state;
    nrv_pool *p = nrv_pool_new(3);
    static job j;
    const struct timespec nap = { 0, 3000000 }; /* long enough for the workers to fall asleep */
    j = (job){ .pool = p, .threads = 3, .grain = 1, .units = 6 };
    for (int i = 0; i < 20000; i++) {
        if (i % 4000 == 0)
            nanosleep(&nap, NULL);
        nrv__pool_run(p, 6, 1, count, &j);
    }
    assert_int_equal(j.wrong, 0);
    for (int u = 0; u < 6; u++)
        assert_int_equal(j.done[u], 20000);
    nrv_pool_free(p);
}

static void run_inside(void *user, int64_t begin, int64_t end, int worker)
{
    job *j = user;
    (void)worker;
    for (int64_t u = begin; u < end; u++) {
        job inner = { .threads = j->threads, .grain = 1, .units = 20 };
        nrv__pool_run(j->pool, 20, 1, count, &inner);
        for (int i = 0; i < 20; i++)
            if (inner.done[i] != 1)
                atomic_fetch_add(&j->wrong, 1);
        atomic_fetch_add(&j->done[u], 1);
    }
}

static void a_nested_run_works(void **state)
{
    (void)state;
    nrv_pool *p = nrv_pool_new(3);
    job j = { .pool = p, .threads = 3, .grain = 1, .units = 50 };
    nrv__pool_run(p, 50, 1, run_inside, &j);
    expect_each_once(&j, 50);
    nrv_pool_free(p);
}

static void *other_thread(void *arg)
{
    job *j = arg;
    for (int i = 0; i < 500; i++)
        nrv__pool_run(j->pool, 100, 1, count, j);
    return NULL;
}

static void two_threads_share_a_pool(void **state)
{
    (void)state;
    nrv_pool *p = nrv_pool_new(3);
    static job a, b;
    a = (job){ .pool = p, .threads = 3, .grain = 1, .units = 100 }, b = a;
    pthread_t t;
    assert_int_equal(pthread_create(&t, NULL, other_thread, &a), 0);
    other_thread(&b);
    pthread_join(t, NULL);
    assert_int_equal(a.wrong + b.wrong, 0);
    for (int u = 0; u < 100; u++) {
        assert_int_equal(a.done[u], 500);
        assert_int_equal(b.done[u], 500);
    }
    nrv_pool_free(p);
}

static void a_forked_child_does_not_hang(void **state)
{
    (void)state;
    nrv_pool *p = nrv_pool_new(3);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        job j = { .pool = p, .threads = 3, .grain = 1, .units = 100 };
        alarm(20);
        nrv__pool_run(p, 100, 1, count, &j);
        nrv_pool_free(p);
        _exit(j.done[0] == 1 && j.done[99] == 1 && j.wrong == 0 ? 0 : 1);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    nrv_pool_free(p);
}

static void *walk_away(void *arg)
{
    int *seen = arg;
    nrv__aside a = { 0 };
    const int cores = nrv__cores_at("");
    for (int i = 0; i < 4; i++) {
        seen[i] = nrv__cpu_here();
        nrv__step_aside(&a, seen[i]);
    }
    nrv__step_aside(&a, -1);
    nrv__step_aside(&a, NRV__CPUS);
    seen[4] = nrv__cpu_here();
    seen[5] = cores - nrv__cores_at("");
    return NULL;
}

static void a_worker_can_leave_the_callers_processor(void **state)
{
    (void)state;
    int seen[6];
    pthread_t t;
    assert_int_equal(pthread_create(&t, NULL, walk_away, seen), 0);
    pthread_join(t, NULL);
    if (seen[0] < 0 || nrv__cores_at("") < 2)
        skip(); /* nobody can tell, or there is nowhere else to be */
    for (int i = 0; i < 4; i++)
        assert_int_not_equal(seen[i + 1], seen[i]);
    assert_in_range(seen[5], 0, 1); /* those before the last are allowed again */
}

static void an_absurd_number_of_threads_is_refused(void **state)
{
    (void)state;
    assert_null(nrv_pool_new(1000000));
    assert_null(nrv_pool_new(INT_MAX));
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define NERVO_TEST_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define NERVO_TEST_SANITIZED 1
#endif
#endif

static void threads_that_cannot_start_leave_nothing_behind(void **state)
{
    (void)state;
#ifdef NERVO_TEST_SANITIZED
    skip(); /* a sanitizer needs more address space than the limit leaves */
#endif
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct rlimit old, tight;
        alarm(20);
        getrlimit(RLIMIT_AS, &old);
        tight = old;
        tight.rlim_cur = (rlim_t)400 << 20; /* not enough for the stacks of 1000 threads */
        if (setrlimit(RLIMIT_AS, &tight) != 0)
            _exit(3);
        if (nrv_pool_new(1000))
            _exit(1);
        setrlimit(RLIMIT_AS, &old);
        nrv_pool *p = nrv_pool_new(2);
        _exit(p ? 0 : 2);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void write_file(const char *root, const char *path, const char *text)
{
    char full[512];
    snprintf(full, sizeof full, "%s%s", root, path);
    for (char *p = full + 1; *p; p++)
        if (*p == '/') {
            *p = 0;
            mkdir(full, 0700);
            *p = '/';
        }
    FILE *f = fopen(full, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static void affinity_and_quota_limit_the_cores(void **state)
{
    (void)state;
    char root[] = "/tmp/nervo_cores_XXXXXX", command[128];
    assert_non_null(mkdtemp(root));
    write_file(root, "/proc/self/status", "Name:\tx\nCpus_allowed:\tff,0000000f\n");
    assert_int_equal(nrv__cores_at(root), 12);
    write_file(root, "/proc/thread-self/status", "Cpus_allowed:\t3f\n");
    assert_int_equal(nrv__cores_at(root), 6);
    write_file(root, "/proc/self/cgroup", "4:cpu,cpuacct:/a\n0::/b/c\n");
    assert_int_equal(nrv__cores_at(root), 6);
    write_file(root, "/sys/fs/cgroup/b/c/cpu.max", "max 100000\n");
    assert_int_equal(nrv__cores_at(root), 6);
    write_file(root, "/sys/fs/cgroup/b/cpu.max", "350000 100000\n");
    assert_int_equal(nrv__cores_at(root), 4);
    write_file(root, "/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n");
    write_file(root, "/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
    assert_int_equal(nrv__cores_at(root), 4);
    write_file(root, "/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "200000\n");
    assert_int_equal(nrv__cores_at(root), 2);
    write_file(root, "/sys/fs/cgroup/b/c/cpu.max", "50000 100000\n"); /* half a core */
    assert_int_equal(nrv__cores_at(root), 1);
    write_file(root, "/sys/fs/cgroup/b/c/cpu.max", "1000 100000\n");
    assert_int_equal(nrv__cores_at(root), 1);
    write_file(root, "/sys/fs/cgroup/b/c/cpu.max", "-7 0\n"); /* nonsense is no quota */
    assert_int_equal(nrv__cores_at(root), 2);
    snprintf(command, sizeof command, "rm -r %s", root);
    assert_int_equal(system(command), 0);
    assert_true(nrv__cores_at("") >= 1);
    for (int n = -1; n <= 0; n++) {
        nrv_pool *p = nrv_pool_new(n);
        assert_int_equal(nrv__pool_threads(p), nrv__cores_at(""));
        nrv_pool_free(p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_unit_is_done_once),
        cmocka_unit_test(no_pool_means_the_caller),
        cmocka_unit_test(many_short_runs),
        cmocka_unit_test(a_nested_run_works),
        cmocka_unit_test(two_threads_share_a_pool),
        cmocka_unit_test(a_forked_child_does_not_hang),
        cmocka_unit_test(a_worker_can_leave_the_callers_processor),
        cmocka_unit_test(an_absurd_number_of_threads_is_refused),
        cmocka_unit_test(threads_that_cannot_start_leave_nothing_behind),
        cmocka_unit_test(affinity_and_quota_limit_the_cores),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
