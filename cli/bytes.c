/* bytes.c - reads data files whole: plain, gzip, NPZ members. See bytes.h for what it promises. */
#include "bytes.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zip.h>
#include <zlib.h>

enum { BYTES_PIECE = 1 << 18 };

void cli_bytes_free(cli_bytes *b)
{
    free(b->at);
    *b = (cli_bytes){ NULL, 0 };
}

static int bytes_no_memory(const char *path, uint64_t n)
{
    return cli_error(CLI_FAILED, "Use a smaller file, or a machine with more memory.",
                     "'%s' needs %llu bytes, this process may use %llu", path, (unsigned long long)n,
                     (unsigned long long)cli_memory_total());
}

static int bytes_bad(const char *path, const char *what)
{
    return cli_error(CLI_FAILED, "Get the file again; its size or checksum at the source tells whether it is whole.",
                     "'%s' %s", path, what);
}

static bool bytes_room(cli_bytes *b, size_t *room, size_t want)
{
    size_t more = *room;
    while (more < want)
        more = more ? 2 * more : BYTES_PIECE;
    if (more == *room)
        return true;
    uint8_t *p = want > cli_memory_total() ? NULL : realloc(b->at, more);
    if (!p)
        return false;
    b->at = p;
    *room = more;
    return true;
}

static int bytes_read_plain(FILE *f, const char *path, cli_bytes *b)
{
    size_t room = 0, got = 1;
    struct stat s;
    if (fstat(fileno(f), &s) == 0 && S_ISREG(s.st_mode) && s.st_size > 0)
        room = (size_t)s.st_size + 1;
    b->at = room && room <= cli_memory_total() ? malloc(room) : NULL;
    if (room && !b->at)
        return bytes_no_memory(path, room);
    while (got) {
        if (!bytes_room(b, &room, b->n + 1))
            return bytes_no_memory(path, b->n);
        got = fread(b->at + b->n, 1, room - b->n, f);
        b->n += got;
    }
    return ferror(f) ? cli_error(CLI_FAILED, "Is the disk or the pipe all right?", "cannot read '%s': %s", path,
                                 strerror(errno))
                     : CLI_GO_ON;
}

bool cli_bytes_idx(const cli_bytes *b)
{
    return b->n >= 4 && b->at[0] == 0 && b->at[1] == 0 && b->at[2] >= 0x08 && b->at[2] <= 0x0E && b->at[3] >= 1 &&
           b->at[3] <= 8;
}

uint64_t cli_bytes_idx_size(const uint8_t *p, size_t n)
{
    static const uint8_t size_of[] = { 1, 1, 0, 2, 4, 4, 8 }; /* from 0x08: u8, i8, -, i16, i32, f32, f64 */
    cli_bytes head = { (uint8_t *)p, n };
    if (!cli_bytes_idx(&head) || n < 4 + 4 * (size_t)p[3])
        return 0;
    uint64_t total = size_of[p[2] - 0x08];
    for (int i = 0; i < p[3]; i++) {
        const uint8_t *d = p + 4 + 4 * i;
        uint64_t len = (uint64_t)d[0] << 24 | (uint64_t)d[1] << 16 | (uint64_t)d[2] << 8 | d[3];
        if (len && total > UINT64_MAX / 2 / len)
            return UINT64_MAX / 2;
        total *= len;
    }
    return total + 4 + 4 * (uint64_t)p[3];
}

typedef struct bytes_gz {
    z_stream z;
    const char *path;
    cli_bytes *to;
    size_t room;
    uint64_t promised; /* by the IDX header; 0: not known yet, or none */
    bool looked;
} bytes_gz;

/* one step of inflate into what room there is; the room never grows past the promise and one byte */
static int bytes_inflate(bytes_gz *g, int *ended)
{
    cli_bytes *b = g->to;
    if (!g->looked && b->n >= 4 + 4 * 8) {
        g->promised = cli_bytes_idx_size(b->at, b->n);
        g->looked = true;
        if (g->promised > cli_memory_total())
            return bytes_no_memory(g->path, g->promised);
    }
    size_t want = !g->looked ? 64 : g->promised ? (size_t)g->promised + 1 : b->n + BYTES_PIECE;
    if (g->promised && b->n > g->promised)
        return bytes_bad(g->path, cli_format("expands beyond the %llu bytes that its header promises",
                                             (unsigned long long)g->promised));
    if (want > g->room && !bytes_room(b, &g->room, want))
        return bytes_no_memory(g->path, want);
    size_t most = (!g->looked || g->promised ? want : g->room) - b->n;
    g->z.next_out = b->at + b->n;
    g->z.avail_out = (uInt)(most > 1u << 30 ? 1u << 30 : most);
    uInt before = g->z.avail_out;
    int st = inflate(&g->z, Z_NO_FLUSH);
    b->n += before - g->z.avail_out;
    *ended = st == Z_STREAM_END;
    if (st != Z_OK && st != Z_STREAM_END && st != Z_BUF_ERROR)
        return bytes_bad(g->path, cli_format("is corrupt gzip: %s", g->z.msg ? g->z.msg : "bad data"));
    return CLI_GO_ON;
}

static int bytes_gunzip(bytes_gz *g, const cli_bytes *packed)
{
    int code = CLI_GO_ON, ended = 0;
    size_t at = 0;
    while (code == CLI_GO_ON) {
        if (g->z.avail_in == 0 && at < packed->n) {
            size_t piece = packed->n - at > 1u << 30 ? 1u << 30 : packed->n - at;
            g->z.next_in = packed->at + at;
            g->z.avail_in = (uInt)piece;
            at += piece;
        }
        size_t had = g->to->n;
        uInt left = g->z.avail_in;
        code = bytes_inflate(g, &ended);
        if (code == CLI_GO_ON && ended) { /* gzip allows further members */
            if (g->z.avail_in == 0 && at == packed->n)
                break;
            if (inflateReset(&g->z) != Z_OK)
                code = bytes_bad(g->path, "is corrupt gzip");
        } else if (code == CLI_GO_ON && g->to->n == had && g->z.avail_in == left) {
            if (at == packed->n && left == 0)
                code =
                    bytes_bad(g->path, cli_format("is truncated: the gzip stream ends after %zu bytes of data", had));
        }
    }
    if (code == CLI_GO_ON && g->promised && g->to->n > g->promised)
        code = bytes_bad(g->path, cli_format("expands beyond the %llu bytes that its header promises",
                                             (unsigned long long)g->promised));
    return code;
}

static int bytes_expand(const char *path, cli_bytes *b)
{
    cli_bytes out = { NULL, 0 };
    bytes_gz g = { .path = path, .to = &out };
    if (inflateInit2(&g.z, 15 + 16) != Z_OK)
        return bytes_no_memory(path, b->n);
    int code = bytes_gunzip(&g, b);
    inflateEnd(&g.z);
    free(b->at);
    *b = out;
    return code;
}

int cli_bytes_read(const char *path, cli_bytes *b)
{
    bool standard = strcmp(path, "-") == 0;
    size_t n = strlen(path);
    struct stat s;
    *b = (cli_bytes){ NULL, 0 };
    FILE *f = standard ? stdin : fopen(path, "re");
    if (!f)
        return cli_error(CLI_USAGE, "Check the path, or name a known data set such as fashion-mnist.",
                         "cannot open '%s': %s", path, strerror(errno));
    if (fstat(fileno(f), &s) == 0 && S_ISDIR(s.st_mode)) {
        fclose(f);
        return cli_error(CLI_USAGE, "Name a file in it.", "'%s' is a folder, not a file", path);
    }
    int code = bytes_read_plain(f, path, b);
    if (!standard)
        fclose(f);
    bool packed = b->n >= 2 && b->at[0] == 0x1F && b->at[1] == 0x8B;
    if (code == CLI_GO_ON && packed)
        code = bytes_expand(path, b);
    else if (code == CLI_GO_ON && n > 3 && strcmp(path + n - 3, ".gz") == 0 && !cli_bytes_idx(b))
        code = bytes_bad(path, "is named .gz but is no gzip file");
    if (code != CLI_GO_ON)
        cli_bytes_free(b);
    return code;
}

/* ---- NPZ ------------------------------------------------------------------------------------------------------- */
int cli_zip_open(const char *path, cli_zip **z)
{
    int failed = 0;
    zip_error_t why;
    *z = zip_open(path, ZIP_RDONLY, &failed);
    if (*z)
        return CLI_GO_ON;
    zip_error_init_with_code(&why, failed);
    const char *text = cli_format("is no readable NPZ file: %s", zip_error_strerror(&why));
    zip_error_fini(&why);
    return bytes_bad(path, text);
}

bool cli_zip_has(cli_zip *z, const char *member)
{
    return zip_name_locate(z, cli_format("%s.npy", member), 0) >= 0;
}

int cli_zip_read(cli_zip *z, const char *path, const char *member, cli_bytes *b)
{
    const char *name = cli_format("%s.npy", member);
    zip_stat_t s;
    *b = (cli_bytes){ NULL, 0 };
    if (zip_stat(z, name, 0, &s) != 0 || !(s.valid & ZIP_STAT_SIZE))
        return bytes_bad(path, cli_format("has no readable member '%s'", name));
    if (s.size > cli_memory_total() || (b->at = malloc((size_t)s.size + 1)) == NULL)
        return bytes_no_memory(path, s.size);
    zip_file_t *f = zip_fopen(z, name, 0);
    while (f && b->n < s.size) {
        zip_int64_t got = zip_fread(f, b->at + b->n, s.size - b->n);
        if (got <= 0)
            break;
        b->n += (size_t)got;
    }
    bool ok = f && b->n == s.size;
    if (f && zip_fclose(f) != 0)
        ok = false;
    if (!ok)
        cli_bytes_free(b);
    return ok ? CLI_GO_ON : bytes_bad(path, cli_format("is corrupt: member '%s' cannot be read", name));
}

void cli_zip_close(cli_zip *z)
{
    if (z)
        zip_discard(z);
}
