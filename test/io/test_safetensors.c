/* test_safetensors.c - model files: what safetensors' own tests accept and refuse, the same bytes when writing, and
   nothing lost when memory, disk or folder fail. */
#include "../../src/base/json.h"
#include "../../src/io/safetensors.h"
#include "support/failing.h"
#include "support/shared.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/resource.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static int files_here(void)
{
    int n = 0;
    DIR *d = opendir(".");
    assert_non_null(d);
    while (readdir(d))
        n++;
    closedir(d);
    return n;
}

static void write_bytes(const char *path, const void *data, size_t n)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

/* a file with this header, and n bytes of data */
static nrv_status open_status(const char *header, size_t n, nrv__why *why)
{
    char file[2048] = { 0 };
    size_t length = strlen(header);
    for (int i = 0; i < 8; i++)
        file[i] = (char)(length >> 8 * i & 0xFF);
    memcpy(file + 8, header, length);
    write_bytes("case.safetensors", file, 8 + length + n);
    memset(why, 0, sizeof *why);
    nrv__st *s = nrv__st_open(NULL, "case.safetensors", why);
    assert_true((s == NULL) == (why->status != NRV_OK));
    nrv__st_close(s);
    unlink("case.safetensors");
    return why->status;
}

/* ---- the files of other projects ---- */

typedef struct expectation {
    char name[64], expect[40], origin[200], tensor[2][16], dtype[2][8], note[2][32];
    int tensors, rank[2];
    int64_t dim[2][8];
    double value[2][16];
    int values[2];
} expectation;

static void keep(nrv__json *j, char *to, size_t size)
{
    snprintf(to, size, "%s", j->text->at);
}

static void read_tensor(nrv__json *j, expectation *x, int t)
{
    nrv__json_event e;
    assert_int_equal(nrv__json_next(j), NRV__JSON_ARRAY);
    assert_int_equal(nrv__json_next(j), NRV__JSON_STRING);
    keep(j, x->dtype[t], sizeof x->dtype[t]);
    assert_int_equal(nrv__json_next(j), NRV__JSON_ARRAY);
    while (nrv__json_next(j) == NRV__JSON_INT)
        x->dim[t][x->rank[t]++] = j->whole;
    assert_int_equal(nrv__json_next(j), NRV__JSON_ARRAY);
    while ((e = nrv__json_next(j)) == NRV__JSON_INT || e == NRV__JSON_REAL)
        x->value[t][x->values[t]++] = j->real;
    assert_int_equal(nrv__json_next(j), NRV__JSON_ARRAY_END);
}

static void read_expectation(nrv__json *j, expectation *x)
{
    memset(x, 0, sizeof *x);
    keep(j, x->name, sizeof x->name);
    assert_int_equal(nrv__json_next(j), NRV__JSON_OBJECT);
    while (nrv__json_next(j) == NRV__JSON_KEY) {
        bool expect = nrv__json_is(j, "expect"), origin = nrv__json_is(j, "origin");
        bool tensors = nrv__json_is(j, "tensors");
        nrv__json_event e = nrv__json_next(j);
        if (expect)
            keep(j, x->expect, sizeof x->expect);
        else if (origin)
            keep(j, x->origin, sizeof x->origin);
        if (e != NRV__JSON_OBJECT)
            continue;
        while (nrv__json_next(j) == NRV__JSON_KEY) {
            if (tensors) {
                keep(j, x->tensor[x->tensors], sizeof x->tensor[0]);
                read_tensor(j, x, x->tensors++);
            } else {
                keep(j, x->note[0], sizeof x->note[0]);
                nrv__json_next(j);
                keep(j, x->note[1], sizeof x->note[1]);
            }
        }
    }
}

static void expect_content(nrv__st *s, const expectation *x)
{
    assert_int_equal(nrv__st_count(s), x->tensors);
    assert_int_equal(nrv__st_notes(s), x->note[0][0] ? 1 : 0);
    if (x->note[0][0]) {
        assert_string_equal(nrv__st_note_at(s, 0)->key, x->note[0]);
        assert_string_equal(nrv__st_note_at(s, 0)->text, x->note[1]);
    }
    for (int t = 0; t < x->tensors; t++) {
        const nrv__st_tensor *found = nrv__st_find(s, x->tensor[t]);
        unsigned char bytes[256];
        double values[16];
        nrv__why why = { 0 };
        assert_non_null(found);
        assert_string_equal(found->dtype, x->dtype[t]);
        assert_int_equal(found->rank, x->rank[t]);
        for (int i = 0; i < found->rank; i++)
            assert_int_equal(found->dim[i], x->dim[t][i]);
        assert_int_equal(found->bytes, (size_t)x->values[t] * nrv__dtype_size(found->type));
        assert_int_equal(nrv__st_read(s, found, bytes, &why), NRV_OK);
        nrv__to_double(values, bytes, found->type, x->values[t]);
        for (int i = 0; i < x->values[t]; i++)
            assert_true(values[i] == x->value[t][i]);
    }
}

static void expect_written_bytes(nrv__st *s, const char *path)
{
    nrv__st_tensor tensors[2];
    unsigned char data[2][256];
    nrv__why why = { 0 };
    size_t n, m;
    for (int i = 0; i < nrv__st_count(s); i++) {
        tensors[i] = *nrv__st_at(s, i);
        tensors[i].data = data[i];
        assert_int_equal(nrv__st_read(s, nrv__st_at(s, i), data[i], &why), NRV_OK);
    }
    assert_int_equal(nrv__st_write(NULL, "same.safetensors", nrv__st_count(s), tensors, 0, NULL, &why), NRV_OK);
    unsigned char *theirs = shared_bytes(path, &n), *ours = shared_bytes("same.safetensors", &m);
    assert_int_equal(n, m);
    assert_memory_equal(theirs, ours, n);
    free(theirs);
    free(ours);
    unlink("same.safetensors");
}

static void files_of_safetensors_own_tests(void **state)
{
    (void)state;
    size_t n;
    int read = 0, refused = 0, written = 0;
    unsigned char *data = shared_bytes(shared_path("safetensors/expected.json"), &n);
    if (!data) {
        print_message("skipped: no %s; set NERVO_SHARED\n", shared_path("safetensors/expected.json"));
        skip();
    }
    nrv__text text = { .mem = nrv__mem_default() };
    nrv__json j;
    nrv__json_start(&j, data, n, &text);
    assert_int_equal(nrv__json_next(&j), NRV__JSON_OBJECT);
    while (nrv__json_next(&j) == NRV__JSON_KEY) {
        expectation x;
        char name[128];
        nrv__why why = { 0 };
        read_expectation(&j, &x);
        snprintf(name, sizeof name, "safetensors/%s.safetensors", x.name);
        const char *path = shared_path(name);
        nrv__st *s = nrv__st_open(NULL, path, &why);
        if (strcmp(x.expect, "ok") != 0) {
            if (s)
                fail_msg("%s was read, %s was expected", x.name, x.expect);
            assert_true(strlen(why.text) > 20);
            refused++;
            continue;
        }
        if (!s)
            fail_msg("%s: %s", x.name, why.text);
        expect_content(s, &x);
        read++;
        if (strstr(x.origin, "writer bytes") || strstr(x.origin, "a writer given")) {
            expect_written_bytes(s, path);
            written++;
        }
        nrv__st_close(s);
    }
    nrv__text_free(&text);
    free(data);
    assert_int_equal(read, 7);
    assert_int_equal(refused, 13);
    assert_int_equal(written, 4);
}

/* ---- what we write ---- */

static const float floats[6] = { 1, 2, 3, 4, 5, -6 };
static const int64_t longs[2] = { -1, INT64_MAX };
static const unsigned char bytes3[3] = { 1, 2, 255 };

static nrv_status write_sample(const nrv__mem *m, const char *path, nrv__why *why)
{
    const nrv__st_tensor t[] = {
        { .name = "fc.weight", .type = NRV_F32, .rank = 2, .dim = { 2, 3 }, .data = floats },
        { .name = "odd \"name\"\n\xC3\xA9", .type = NRV_U8, .rank = 1, .dim = { 3 }, .data = bytes3 },
        { .name = "step", .type = NRV_I64, .rank = 1, .dim = { 2 }, .data = longs },
        { .name = "empty", .type = NRV_F32, .rank = 3, .dim = { 4, 0, INT64_MAX } },
        { .name = "scalar", .type = NRV_F32, .rank = 0, .data = floats + 5 },
    };
    const nrv__st_note notes[] = { { "text", "conv 16\n\"x\"\\" }, { "a", "" } };
    return nrv__st_write(m, path, 5, t, 2, notes, why);
}

static void what_was_written_is_read_back(void **state)
{
    (void)state;
    nrv__why why = { 0 };
    float f[6], one;
    unsigned char b[3];
    int before = files_here();
    assert_int_equal(write_sample(NULL, "sample.safetensors", &why), NRV_OK);
    assert_int_equal(files_here(), before + 1);
    nrv__st *s = nrv__st_open(NULL, "sample.safetensors", &why);
    assert_non_null(s);
    assert_int_equal(nrv__st_count(s), 5);
    const nrv__st_tensor *w = nrv__st_find(s, "fc.weight"), *odd = nrv__st_find(s, "odd \"name\"\n\xC3\xA9");
    const nrv__st_tensor *empty = nrv__st_find(s, "empty"), *scalar = nrv__st_find(s, "scalar");
    assert_int_equal(nrv__st_read(s, w, f, &why), NRV_OK);
    assert_memory_equal(f, floats, sizeof f);
    assert_int_equal(w->type, NRV_F32);
    assert_int_equal(nrv__st_read(s, odd, b, &why), NRV_OK);
    assert_memory_equal(b, bytes3, sizeof b);
    assert_int_equal(empty->bytes, 0);
    assert_int_equal(empty->dim[2], INT64_MAX);
    assert_int_equal(nrv__st_read(s, scalar, &one, &why), NRV_OK);
    assert_true(one == -6);
    assert_null(nrv__st_find(s, "fc"));
    assert_null(nrv__st_at(s, 5));
    assert_string_equal(nrv__st_at(s, 0)->name, "step");
    assert_int_equal(nrv__st_at(s, 0)->offset % 8, 0);
    assert_string_equal(nrv__st_note_at(s, 0)->key, "a");
    assert_string_equal(nrv__st_note_at(s, 1)->text, "conv 16\n\"x\"\\");
    nrv__st_close(s);
    unlink("sample.safetensors");
}

static void a_writer_refuses_what_no_reader_would_take(void **state)
{
    (void)state;
    const nrv__st_tensor good = { .name = "a", .type = NRV_F32, .rank = 1, .dim = { 6 }, .data = floats };
    nrv__st_tensor bad[8];
    for (int i = 0; i < 8; i++)
        bad[i] = good;
    bad[0].name = "\xFF";
    bad[1].name = "__metadata__";
    bad[2].type = (nrv_dtype)77;
    bad[3].dim[0] = -1;
    bad[4].rank = 9;
    bad[5].rank = 3, bad[5].dim[1] = INT64_MAX / 8, bad[5].dim[2] = 6;
    bad[6].data = NULL;
    bad[7].name = NULL;
    int before = files_here();
    for (int i = 0; i < 8; i++) {
        nrv__why why = { 0 };
        assert_int_equal(nrv__st_write(NULL, "bad.safetensors", 1, &bad[i], 0, NULL, &why), NRV_EARG);
        assert_true(strlen(why.text) > 20);
    }
    const nrv__st_tensor twice[] = { good, good };
    const nrv__st_note notes[] = { { "k", "1" }, { "k", "2" } };
    assert_int_equal(nrv__st_write(NULL, "bad.safetensors", 2, twice, 0, NULL, NULL), NRV_EARG);
    assert_int_equal(nrv__st_write(NULL, "bad.safetensors", 1, &good, 2, notes, NULL), NRV_EARG);
    assert_int_equal(files_here(), before);
}

/* ---- hostile headers ---- */

static void unsound_headers_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        size_t bytes;
        const char *says;
    } cases[] = {
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}}", 1, "cut off" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}}", 3, "1 bytes follow" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[1,3]}}", 3, "unused bytes" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},"
          "\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[1,3]}}",
          3, "share bytes" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},"
          "\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[2,4]}}",
          4, "have the name 'a'" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,2]}}", 2, "needs 64 bits" },
        { "{\"a\":{\"dtype\":\"F4\",\"shape\":[3],\"data_offsets\":[0,2]}}", 2, "needs 12 bits" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":[9223372036854775807,9],\"data_offsets\":[0,2]}}", 2, "be counted" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":[9223372036854775808],\"data_offsets\":[0,2]}}", 2, "whole number" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":[2.0],\"data_offsets\":[0,2]}}", 2, "whole number" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":[1,1,1,1,1,1,1,1,1],\"data_offsets\":[0,1]}}", 1, "more than 8 axes" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[2,0]}}", 2, "before the beginning" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2,2]}}", 2, "two offsets" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":[2]}}", 2, "missing" },
        { "{\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}}", 2, "twice" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2],\"x\":1}}", 2, "unknown field" },
        { "{\"a\\u0000b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}}", 2, "zero byte" },
        { "{\"__metadata__\":{\"k\":1}}", 0, "not text for 'k'" },
        { "{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}", 0, "twice the key 'k'" },
        { "{\"__metadata__\":{},\"__metadata__\":{}}", 0, "given twice" },
        { "{\"a\":[]}", 0, "no {...}" },
        { " {}", 0, "does not begin" },
        { "{}x", 0, "follows the value" },
        { "", 0, "does not begin" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        nrv__why why;
        assert_int_equal(open_status(cases[i].header, cases[i].bytes, &why), NRV_EFORMAT);
        if (!strstr(why.text, cases[i].says))
            fail_msg("case %d: '%s' does not say '%s'", (int)i, why.text, cases[i].says);
    }
    nrv__why why;
    assert_int_equal(open_status("{\"a\":{\"dtype\":\"U16\",\"shape\":[1],\"data_offsets\":[0,2]}}", 2, &why), NRV_OK);
}

static void every_shorter_file_is_refused(void **state)
{
    (void)state;
    nrv__why why = { 0 };
    size_t n;
    assert_int_equal(write_sample(NULL, "sample.safetensors", &why), NRV_OK);
    unsigned char *data = shared_bytes("sample.safetensors", &n);
    for (size_t i = 0; i < n; i++) {
        nrv__why short_why = { 0 };
        write_bytes("short.safetensors", data, i);
        assert_null(nrv__st_open(NULL, "short.safetensors", &short_why));
        assert_int_equal(short_why.status, NRV_EFORMAT);
    }
    free(data);
    unlink("short.safetensors");
    unlink("sample.safetensors");
}

static void a_claimed_header_is_not_allocated_before_it_is_there(void **state)
{
    (void)state;
    failing f = { 0 };
    nrv__mem m = failing_mem(&f);
    nrv__why why = { 0 };
    write_bytes("claim.safetensors", "\x00\xE1\xF5\x05\0\0\0\0{}", 10); /* 100,000,000 bytes */
    assert_null(nrv__st_open(&m, "claim.safetensors", &why));
    assert_non_null(strstr(why.text, "100000000"));
    assert_true(f.most < 100000);
    assert_int_equal(f.alive, 0);
    unlink("claim.safetensors");
}

/* ---- failures ---- */

static void every_allocation_may_fail(void **state)
{
    (void)state;
    int before = files_here();
    bool done = false;
    for (long n = 1; !done; n++) {
        failing f = { .fail_at = n };
        nrv__mem m = failing_mem(&f);
        nrv__why why = { 0 };
        nrv_status status = write_sample(&m, "sample.safetensors", &why);
        done = status == NRV_OK;
        assert_true(done || status == NRV_ENOMEM);
        assert_true(done == (f.calls < n));
        assert_int_equal(f.alive, 0);
        assert_int_equal(f.lies, 0);
        assert_int_equal(files_here(), before + done);
    }
    done = false;
    for (long n = 1; !done; n++) {
        failing f = { .fail_at = n };
        nrv__mem m = failing_mem(&f);
        nrv__why why = { 0 };
        nrv__st *s = nrv__st_open(&m, "sample.safetensors", &why);
        done = s != NULL;
        assert_true(done || why.status == NRV_ENOMEM);
        assert_true(done == (f.calls < n));
        nrv__st_close(s);
        assert_int_equal(f.alive, 0);
        assert_int_equal(f.lies, 0);
    }
    unlink("sample.safetensors");
}

static void paths_that_cannot_be(void **state)
{
    (void)state;
    nrv__why why = { 0 };
    assert_null(nrv__st_open(NULL, "nowhere/x.safetensors", &why));
    assert_int_equal(why.status, NRV_EIO);
    assert_non_null(strstr(why.text, "nowhere/x.safetensors"));
    assert_int_equal(mkdir("folder", 0700), 0);
    why = (nrv__why){ 0 };
    assert_null(nrv__st_open(NULL, "folder", &why));
    assert_non_null(strstr(why.text, "directory"));
    int before = files_here();
    why = (nrv__why){ 0 };
    assert_int_equal(write_sample(NULL, "folder", &why), NRV_EIO);
    assert_int_equal(files_here(), before);
    rmdir("folder");
    why = (nrv__why){ 0 };
    assert_int_equal(write_sample(NULL, "nowhere/x.safetensors", &why), NRV_EIO);
    assert_non_null(strstr(why.text, "make the folder"));
    assert_int_equal(mkfifo("pipe", 0600), 0);
    why = (nrv__why){ 0 };
    alarm(20);
    assert_null(nrv__st_open(NULL, "pipe", &why));
    alarm(0);
    unlink("pipe");
}

static void a_full_disk_leaves_the_old_file(void **state)
{
    (void)state;
    nrv__why why = { 0 };
    size_t n, m;
    assert_int_equal(write_sample(NULL, "kept.safetensors", &why), NRV_OK);
    unsigned char *old = shared_bytes("kept.safetensors", &n);
    int before = files_here();
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) { /* a limit on the size of files stands in for a full disk: write gives EFBIG */
        struct rlimit limit = { 4096, 4096 };
        char *big = calloc(1, 100000);
        nrv__st_tensor t = { .name = "a", .type = NRV_U8, .rank = 1, .dim = { 100000 }, .data = big };
        signal(SIGXFSZ, SIG_IGN);
        if (!big || setrlimit(RLIMIT_FSIZE, &limit) != 0)
            _exit(2);
        nrv_status status = nrv__st_write(NULL, "kept.safetensors", 1, &t, 0, NULL, &why);
        free(big);
        _exit(status == NRV_EIO && strstr(why.text, "untouched") ? 0 : 1);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(files_here(), before);
    unsigned char *now = shared_bytes("kept.safetensors", &m);
    assert_int_equal(n, m);
    assert_memory_equal(old, now, n);
    free(old);
    free(now);
    unlink("kept.safetensors");
}

static int own_folder(void **state)
{
    static char folder[] = "/tmp/nervo_st_XXXXXX";
    const char *given = getenv("NERVO_SHARED"), *shared = given || getenv("NERVO_ROOT") ? given : "../shared";
    char here[512], whole[1100];
    if (shared && *shared != '/' && getcwd(here, sizeof here)) { /* as seen from the folder we are about to leave */
        snprintf(whole, sizeof whole, "%s/%.500s", here, shared);
        setenv("NERVO_SHARED", whole, 1);
    }
    *state = folder;
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int leave_folder(void **state)
{
    return chdir("/") == 0 && rmdir(*state) == 0 ? 0 : -1; /* rmdir fails if a test left a file */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_of_safetensors_own_tests),
        cmocka_unit_test(what_was_written_is_read_back),
        cmocka_unit_test(a_writer_refuses_what_no_reader_would_take),
        cmocka_unit_test(unsound_headers_are_refused),
        cmocka_unit_test(every_shorter_file_is_refused),
        cmocka_unit_test(a_claimed_header_is_not_allocated_before_it_is_there),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(paths_that_cannot_be),
        cmocka_unit_test(a_full_disk_leaves_the_old_file),
    };
    return cmocka_run_group_tests(tests, own_folder, leave_folder);
}
