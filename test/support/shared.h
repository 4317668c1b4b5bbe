/* shared.h - for tests: where results from other projects lie, and whole files as bytes. */
#ifndef TEST_SUPPORT_SHARED_H
#define TEST_SUPPORT_SHARED_H
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* the path of a file under conformance/, in one of four turning buffers */
static inline const char *shared_path(const char *name)
{
    static char paths[4][1024];
    static int turn;
    const char *shared = getenv("NERVO_SHARED"), *root = getenv("NERVO_ROOT");
    char *path = paths[turn++ & 3];
    if (shared)
        snprintf(path, sizeof paths[0], "%s/conformance/%s", shared, name);
    else
        snprintf(path, sizeof paths[0], "%s/../shared/conformance/%s", root ? root : ".", name);
    return path;
}

/* the bytes of a file, to be freed; NULL if it cannot be read */
static inline unsigned char *shared_bytes(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    unsigned char *data = NULL;
    *n = 0;
    if (f && fseek(f, 0, SEEK_END) == 0) {
        long size = ftell(f);
        rewind(f);
        data = size >= 0 ? (unsigned char *)malloc((size_t)size + 1) : NULL;
        if (data && fread(data, 1, (size_t)size, f) != (size_t)size) {
            free(data);
            data = NULL;
        }
        if (data)
            data[ *n = (size_t)size] = 0;
    }
    if (f)
        fclose(f);
    return data;
}
#endif
