/* cores.c - how many cores this process may really use.

   Promises: at least 1; not more than the affinity of the calling thread and the CPU quota of its control group
   (version 1 or 2, at any level) allow. All of it is read from files, because sched_getaffinity hides behind a feature
   macro that an amalgamated source cannot set in its middle. Does not do: remember; cores that come and go. */
#include "pool.h"

#ifdef __wasm__

int nrv__cores_at(const char *root)
{
    (void)root;
    return 1;
}

#else
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CORES_PATH = 4608 };

static int cores_bits(const char *hex)
{
    int n = 0;
    for (; *hex; hex++) {
        const char *digits = "0123456789abcdef", *d = strchr(digits, *hex);
        if (d)
            for (unsigned v = (unsigned)(d - digits); v; v >>= 1)
                n += (int)(v & 1);
        else if (*hex != ',')
            break;
    }
    return n;
}

static int cores_allowed(const char *root)
{
    static const char *const files[] = { "/proc/thread-self/status", "/proc/self/status" };
    static const char key[] = "Cpus_allowed:";
    char path[CORES_PATH], line[2048];
    int n = 0;
    for (int i = 0; i < 2 && !n; i++) {
        snprintf(path, sizeof path, "%s%s", root, files[i]);
        FILE *f = fopen(path, "r");
        while (f && !n && fgets(line, sizeof line, f)) {
            if (strncmp(line, key, sizeof key - 1) != 0)
                continue;
            const char *p = line + sizeof key - 1;
            n = cores_bits(p + strspn(p, " \t"));
        }
        if (f)
            fclose(f);
    }
    return n;
}

static bool cores_line(const char *path, char *line, size_t size)
{
    FILE *f = fopen(path, "r");
    bool ok = f && fgets(line, (int)size, f);
    if (f)
        fclose(f);
    return ok;
}

/* part of a core counts as a core: two threads on 1.5 cores beat one */
static void cores_quota(double quota, double period, int *limit)
{
    if (!(quota > 0 && period > 0) || quota / period >= *limit)
        return;
    int whole = (int)(quota / period);
    *limit = whole < quota / period ? whole + 1 : whole;
}

static void cores_v2(const char *dir, int *limit)
{
    char path[CORES_PATH + 32], line[128], *rest;
    snprintf(path, sizeof path, "%s/cpu.max", dir);
    if (!cores_line(path, line, sizeof line))
        return;
    double quota = strtod(line, &rest); /* "max 100000" gives 0, which is no quota */
    cores_quota(quota, strtod(rest, NULL), limit);
}

static void cores_v1(const char *dir, int *limit)
{
    char path[CORES_PATH + 32], quota[128], period[128];
    snprintf(path, sizeof path, "%s/cpu.cfs_quota_us", dir);
    if (!cores_line(path, quota, sizeof quota))
        return;
    snprintf(path, sizeof path, "%s/cpu.cfs_period_us", dir);
    if (cores_line(path, period, sizeof period))
        cores_quota(strtod(quota, NULL), strtod(period, NULL), limit);
}

/* A quota binds from any level above; inside a container only the upper levels may be visible. */
static void cores_walk(const char *mount, const char *group, int *limit, void (*look)(const char *dir, int *limit))
{
    char dir[CORES_PATH];
    size_t least = strlen(mount);
    int n = snprintf(dir, sizeof dir, "%s%s", mount, group);
    if (n < 0 || (size_t)n >= sizeof dir)
        return;
    for (;;) {
        look(dir, limit);
        char *slash = strrchr(dir + least, '/');
        if (!slash)
            return;
        *slash = 0;
    }
}

static void cores_groups(const char *root, int *limit)
{
    char path[CORES_PATH], line[CORES_PATH], mount[CORES_PATH];
    snprintf(path, sizeof path, "%s/proc/self/cgroup", root);
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f)) { /* "4:cpu,cpuacct:/group" or "0::/group" */
        line[strcspn(line, "\n")] = 0;
        char *names = strchr(line, ':'), *group = names ? strchr(names + 1, ':') : NULL;
        if (!group)
            continue;
        *group++ = 0;
        names++;
        if (!*names) {
            snprintf(mount, sizeof mount, "%s/sys/fs/cgroup", root);
            cores_walk(mount, group, limit, cores_v2);
            snprintf(mount, sizeof mount, "%s/sys/fs/cgroup/unified", root);
            cores_walk(mount, group, limit, cores_v2);
        } else if (strncmp(names, "cpu,", 4) == 0 || strcmp(names, "cpu") == 0 || strstr(names, ",cpu")) {
            int m = snprintf(mount, sizeof mount, "%s/sys/fs/cgroup/%s", root, names);
            if (m > 0 && (size_t)m < sizeof mount)
                cores_walk(mount, group, limit, cores_v1);
            snprintf(mount, sizeof mount, "%s/sys/fs/cgroup/cpu", root);
            cores_walk(mount, group, limit, cores_v1);
        }
    }
    if (f)
        fclose(f);
}

int nrv__cores_at(const char *root)
{
    int n = cores_allowed(root);
    if (n < 1) {
        long online = sysconf(_SC_NPROCESSORS_ONLN);
        n = online > 0 && online < 100000 ? (int)online : 1;
    }
    cores_groups(root, &n);
    return n < 1 ? 1 : n;
}
#endif
