/* run.c - the run folder. See run.h for what it promises. */
#include "run.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libfyaml.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* ---- whole files ------------------------------------------------------------------------------------------------ */
static void run_sync_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *dir = slash ? cli_copy(path, (size_t)(slash - path) + 1) : ".";
    int fd = open(dir, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}

FILE *cli_whole_begin(const char *path)
{
    return fopen(cli_format("%s.tmp", path), "we");
}

int cli_whole_end(FILE *f, const char *path)
{
    const char *tmp = cli_format("%s.tmp", path);
    int failed = 0;
    if (fflush(f) != 0 || ferror(f) || fsync(fileno(f)) != 0)
        failed = errno ? errno : EIO;
    if (fclose(f) != 0 && !failed)
        failed = errno;
    if (!failed && rename(tmp, path) != 0)
        failed = errno;
    if (failed)
        unlink(tmp);
    else
        run_sync_folder(path);
    return failed;
}

const char *cli_read_whole(const char *path, size_t most, size_t *bytes)
{
    bool standard = strcmp(path, "-") == 0;
    FILE *f = standard ? stdin : fopen(path, "re");
    struct stat s;
    size_t n = 0, room = 0;
    char *text = NULL;
    if (!f)
        return NULL;
    if (fstat(fileno(f), &s) == 0 && S_ISDIR(s.st_mode)) {
        fclose(f);
        errno = EISDIR;
        return NULL;
    }
    for (size_t got = 1; got && n <= most; n += got) {
        if (n + 65536 > room) {
            char *more = cli_get(room = room ? 2 * room : 131072);
            if (n)
                memcpy(more, text, n);
            text = more;
        }
        got = fread(text + n, 1, 65535, f);
    }
    int failed = ferror(f) ? errno : n > most ? EFBIG : 0;
    if (!standard)
        fclose(f);
    text[n < room ? n : room - 1] = 0;
    *bytes = n;
    errno = failed;
    return failed ? NULL : text;
}

/* ---- folder and lock -------------------------------------------------------------------------------------------- */
static int run_lock(cli_run *r)
{
    const char *path = cli_format("%s/lock", r->dir);
    struct flock want = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    r->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (r->lock < 0)
        return cli_error(CLI_FAILED, "Check the permissions of the folder, or choose another with -o.",
                         "cannot write in '%s': %s", r->dir, strerror(errno));
    if (fcntl(r->lock, F_SETLK, &want) == 0)
        return CLI_GO_ON;
    struct flock held = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    long pid = fcntl(r->lock, F_GETLK, &held) == 0 && held.l_type != F_UNLCK ? (long)held.l_pid : 0;
    close(r->lock);
    r->lock = -1;
    return cli_error(CLI_USAGE, "Wait until it ends, stop it with Ctrl-C (it saves), or choose another folder with -o.",
                     "'%s' is in use by another nervo%s", r->dir, pid ? cli_format(" (process %ld)", pid) : "");
}

static int run_mkdirs(const char *dir)
{
    char *path = cli_copy(dir, strlen(dir));
    for (char *s = path + 1; *s; s++)
        if (*s == '/') {
            *s = 0;
            mkdir(path, 0777);
            *s = '/';
        }
    return mkdir(path, 0777) == 0 ? 0 : errno;
}

static int run_cannot_make(const char *dir, int failed)
{
    return cli_error(CLI_FAILED, "Choose a folder that can be written, with -o DIR.",
                     "cannot make the run folder '%s': %s", dir, strerror(failed));
}

static int run_choose(cli_run *r, const char *title)
{
    int failed = run_mkdirs("runs");
    if (failed && failed != EEXIST)
        return run_cannot_make("runs", failed);
    for (int i = 1; i < 1000000; i++) { /* making a folder is atomic: two processes cannot get the same one */
        r->dir = cli_format("runs/%s-%03d", title, i);
        failed = run_mkdirs(r->dir);
        if (failed != EEXIST)
            break;
    }
    return failed ? run_cannot_make(r->dir, failed) : CLI_GO_ON;
}

int cli_run_create(cli_run *r, const char *dir, const char *title)
{
    *r = (cli_run){ .dir = dir, .lock = -1 };
    int code = CLI_GO_ON, failed;
    if (!dir) {
        code = run_choose(r, title);
    } else if ((failed = run_mkdirs(dir)) != 0 && failed != EEXIST) {
        code = run_cannot_make(dir, failed);
    }
    if (code == CLI_GO_ON)
        code = run_lock(r);
    if (code != CLI_GO_ON)
        return code;
    if (access(cli_format("%s/config.yaml", r->dir), F_OK) == 0)
        return cli_error(
            CLI_USAGE,
            cli_format("Go on with it by 'nervo train --resume %s', or choose another folder with -o.", r->dir),
            "'%s' already holds a run", r->dir);
    failed = run_mkdirs(cli_format("%s/checkpoints", r->dir));
    return failed && failed != EEXIST ? run_cannot_make(cli_format("%s/checkpoints", r->dir), failed) : CLI_GO_ON;
}

int cli_run_open(cli_run *r, const char *dir)
{
    *r = (cli_run){ .dir = dir, .lock = -1 };
    struct stat s;
    if (stat(dir, &s) != 0)
        return cli_error(CLI_USAGE, "Give the folder that 'nervo train' printed.", "there is no run folder '%s': %s",
                         dir, strerror(errno));
    if (!S_ISDIR(s.st_mode) || access(cli_format("%s/config.yaml", dir), F_OK) != 0)
        return cli_error(CLI_USAGE, "Give the folder that 'nervo train' printed; it holds config.yaml.",
                         "'%s' is not a run folder", dir);
    return run_lock(r);
}

void cli_run_close(cli_run *r)
{
    if (r->csv)
        fclose(r->csv);
    if (r->jsonl)
        fclose(r->jsonl);
    if (r->events)
        fclose(r->events);
    if (r->dir && r->lock >= 0)
        close(r->lock); /* the file stays: removing it would let a third process lock a new one */
    r->csv = r->jsonl = r->events = NULL;
    r->lock = -1;
}

/* ---- configuration ---------------------------------------------------------------------------------------------- */
int cli_run_write_config(const cli_run *r, const cli_args *a, uint32_t data_mark)
{
    const char *path = cli_format("%s/config.yaml", r->dir);
    FILE *f = cli_whole_begin(path);
    int failed = f ? 0 : errno;
    if (f) {
        fprintf(f, "# Everything that this run depends on. 'nervo train --resume' reads it back.\nnervo: \"%s\"\n",
                nrv_version());
        for (int i = 0; i < a->n_options; i++) {
            const cli_option *o = a->option[i];
            if (!o->saved || !a->value[i])
                continue;
            fprintf(f, "%s: ", o->name);
            if (o->kind == CLI_TEXT)
                cli_json_string(f, a->value[i]); /* JSON's strings are YAML's too: no surprise types, no indentation */
            else if (o->kind == CLI_FLAG)
                fputs(strcmp(a->value[i], "0") == 0 ? "false" : "true", f);
            else
                fputs(a->value[i], f);
            fputc('\n', f);
        }
        fprintf(f, "data_mark: \"%08x\"\n", (unsigned)data_mark);
        failed = cli_whole_end(f, path);
    }
    return failed ? cli_error(CLI_FAILED, "Free some space or choose another folder with -o.", "cannot write '%s': %s",
                              path, strerror(failed))
                  : CLI_GO_ON;
}

static int run_take_pair(cli_args *a, const char *key, const char *value, uint32_t *mark, const char *path)
{
    int i = cli_find(a, key);
    if (strcmp(key, "data_mark") == 0)
        *mark = (uint32_t)strtoul(value, NULL, 16);
    else if (i < 0 && strcmp(key, "nervo") != 0)
        return cli_error(CLI_USAGE, "Remove the line, or start a new run.", "%s: nervo knows no setting '%s'", path,
                         key);
    if (i < 0 || a->source[i] == CLI_LINE || (a->source[i] == CLI_ENVIRONMENT && a->option[i]->saved == CLI_FREE))
        return CLI_GO_ON;
    if (a->option[i]->kind == CLI_FLAG)
        value = strcmp(value, "true") == 0 ? "1" : "0";
    return cli_set(a, key, value, CLI_CONFIG);
}

int cli_run_read_config(const cli_run *r, cli_args *a, uint32_t *data_mark)
{
    const char *path = cli_format("%s/config.yaml", r->dir);
    size_t bytes;
    const char *text = cli_read_whole(path, 1 << 24, &bytes);
    struct fy_parse_cfg quiet = { .flags = FYPCF_QUIET };
    struct fy_document *doc = text ? fy_document_build_from_string(&quiet, text, bytes) : NULL;
    struct fy_node *root = doc ? fy_document_root(doc) : NULL, *key, *value;
    struct fy_node_pair *pair;
    void *at = NULL;
    int code = CLI_GO_ON;
    if (!root || !fy_node_is_mapping(root))
        code = cli_error(CLI_USAGE, "Put it back as it was, or start a new run with -o.", "cannot read '%s': %s", path,
                         text ? "it is not a YAML mapping" : strerror(errno));
    while (code == CLI_GO_ON && (pair = fy_node_mapping_iterate(root, &at)) != NULL) {
        size_t nk = 0, nv = 0;
        key = fy_node_pair_key(pair);
        value = fy_node_pair_value(pair);
        const char *k = key ? fy_node_get_scalar(key, &nk) : NULL, *v = value ? fy_node_get_scalar(value, &nv) : NULL;
        if (k && v)
            code = run_take_pair(a, cli_copy(k, nk), cli_copy(v, nv), data_mark, path);
    }
    if (doc)
        fy_document_destroy(doc);
    return code;
}

static const char *run_cpu_name(void)
{
    char line[256];
    const char *name = "unknown";
    FILE *f = fopen("/proc/cpuinfo", "re");
    while (f && fgets(line, sizeof line, f))
        if (strncmp(line, "model name", 10) == 0 && strchr(line, ':')) {
            line[strcspn(line, "\n")] = 0;
            const char *s = strchr(line, ':') + 1;
            s += strspn(s, " ");
            name = cli_copy(s, strlen(s));
            break;
        }
    if (f)
        fclose(f);
    return name;
}

int cli_run_write_env(const cli_run *r, const char *isa, int threads, const char *seed)
{
    const char *path = cli_format("%s/env.json", r->dir);
    FILE *f = cli_whole_begin(path);
    int failed = f ? 0 : errno;
    if (f) {
        fprintf(f,
                "{\"nervo\": \"%s\", \"isa\": \"%s\", \"tiers\": \"%s\", \"threads\": %d, \"seed\": \"%s\", \"cpu\": ",
                nrv_version(), isa, nrv_tiers(), threads, seed);
        cli_json_string(f, run_cpu_name());
#ifdef NERVO_GIT
        fprintf(f, ", \"git\": \"%s\"", NERVO_GIT);
#endif
        fputs("}\n", f);
        failed = cli_whole_end(f, path);
    }
    return failed ? cli_error(CLI_FAILED, "Free some space or choose another folder with -o.", "cannot write '%s': %s",
                              path, strerror(failed))
                  : CLI_GO_ON;
}

/* ---- metrics ---------------------------------------------------------------------------------------------------- */
static FILE *run_reopen(const char *path, int64_t bytes)
{
    FILE *f = fopen(path, "ae"); /* made if it is missing; then cut to what the checkpoint knows of */
    if (f && ftruncate(fileno(f), (off_t)bytes) != 0) {
        fclose(f);
        f = NULL;
    }
    return f;
}

int cli_run_metrics(cli_run *r, const char *score, const cli_place *from, int64_t step)
{
    const char *csv = cli_format("%s/metrics.csv", r->dir), *jsonl = cli_format("%s/metrics.jsonl", r->dir);
    struct stat s;
    r->score = score;
    if (from->csv && (stat(csv, &s) != 0 || s.st_size < from->csv || stat(jsonl, &s) != 0 || s.st_size < from->jsonl))
        cli_warn("the metrics files in '%s' are shorter than the checkpoint says; rows before this point are lost",
                 r->dir);
    r->csv = run_reopen(csv, from->csv);
    r->jsonl = run_reopen(jsonl, from->jsonl);
    if (!r->csv || !r->jsonl)
        return cli_error(CLI_FAILED, "Check the permissions of the run folder.", "cannot open '%s': %s",
                         r->csv ? jsonl : csv, strerror(errno));
    if (from->csv == 0)
        fprintf(r->csv, "step,epoch,split,loss,%s,lr,timestamp,samples_per_s\n", score);
    return cli_events_open(r, from, step);
}

void cli_run_row(cli_run *r, const cli_row *row)
{
    char when[32];
    time_t now = time(NULL);
    struct tm t;
    strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &t));
    fprintf(r->csv, "%lld,%lld,%s,%.9g,%.9g,%.9g,%s,%.0f\n", (long long)row->step, (long long)row->epoch, row->split,
            row->loss, row->score, row->lr, when, row->speed);
    fprintf(r->jsonl, "{\"step\": %lld, \"epoch\": %lld, \"split\": \"%s\", \"loss\": ", (long long)row->step,
            (long long)row->epoch, row->split);
    cli_json_number(r->jsonl, row->loss);
    fprintf(r->jsonl, ", \"%s\": ", r->score);
    cli_json_number(r->jsonl, row->score);
    fprintf(r->jsonl, ", \"lr\": %.9g, \"timestamp\": \"%s\", \"samples_per_s\": %.0f}\n", row->lr, when, row->speed);
    fflush(r->csv);
    fflush(r->jsonl);
    cli_events_row(r, row);
}

static int run_sync_one(FILE *f, int64_t *bytes)
{
    struct stat s;
    if (fflush(f) != 0 || ferror(f) || fsync(fileno(f)) != 0 || fstat(fileno(f), &s) != 0)
        return errno ? errno : EIO;
    *bytes = (int64_t)s.st_size;
    return 0;
}

int cli_run_sync(cli_run *r, cli_place *end)
{
    int failed = run_sync_one(r->csv, &end->csv);
    if (!failed)
        failed = run_sync_one(r->jsonl, &end->jsonl);
    if (!failed)
        failed = run_sync_one(r->events, &end->events);
    end->events_file = r->events_file;
    if (!failed)
        return CLI_GO_ON;
    return cli_error(CLI_FAILED, cli_format("Free some space, then 'nervo train --resume %s'.", r->dir),
                     "cannot write the metrics in '%s': %s", r->dir, strerror(failed));
}

/* ---- checkpoints ------------------------------------------------------------------------------------------------ */
const char *cli_run_checkpoint(const cli_run *r, int64_t step)
{
    return cli_format("%s/checkpoints/step-%06lld.safetensors", r->dir, (long long)step);
}

static int64_t run_step_of(const char *file)
{
    char *end = NULL;
    long long step;
    if (strncmp(file, "step-", 5) != 0 || file[5] < '0' || file[5] > '9')
        return -1;
    step = strtoll(file + 5, &end, 10);
    return strcmp(end, ".safetensors") == 0 ? (int64_t)step : -1;
}

int cli_run_checkpoints(const cli_run *r, int64_t *steps, int room)
{
    DIR *d = opendir(cli_format("%s/checkpoints", r->dir));
    int n = 0;
    for (struct dirent *f = d ? readdir(d) : NULL; f; f = readdir(d)) {
        int64_t step = run_step_of(f->d_name);
        if (step < 0 || (n == room && step <= steps[n - 1]))
            continue;
        int at = n < room ? n++ : n - 1;
        for (; at > 0 && steps[at - 1] < step; at--)
            steps[at] = steps[at - 1];
        steps[at] = step;
    }
    if (d)
        closedir(d);
    return n;
}

void cli_run_point(const cli_run *r, const char *name, int64_t step)
{
    const char *link = cli_format("%s/checkpoints/%s.safetensors", r->dir, name), *tmp = cli_format("%s.tmp", link);
    unlink(tmp);
    if (symlink(cli_format("step-%06lld.safetensors", (long long)step), tmp) == 0 && rename(tmp, link) != 0)
        unlink(tmp);
}

void cli_run_prune(const cli_run *r, int64_t keep)
{
    enum { MOST = 1024 };
    int64_t steps[MOST];
    const char *folder = cli_format("%s/checkpoints", r->dir);
    int n = keep > 0 ? cli_run_checkpoints(r, steps, MOST) : 0;
    for (int i = (int)(keep < MOST ? keep : MOST); i < n; i++)
        if (steps[i] != r->best)
            unlink(cli_run_checkpoint(r, steps[i]));
    DIR *d = opendir(folder);
    for (struct dirent *f = d ? readdir(d) : NULL; f; f = readdir(d))
        if (strstr(f->d_name, ".tmp"))
            unlink(cli_format("%s/%s", folder, f->d_name));
    if (d)
        closedir(d);
}
