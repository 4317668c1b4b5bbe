/* version.c - `nervo version`: one line; with --build-options everything that a bug report needs. */
#include "cli.h"
#include "../src/nn/layer.h"
#include "../src/ops/op.h"
#include <libfyaml.h>
#include <string.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif
#include <zip.h>
#include <zlib.h>

static const cli_option version_options[] = {
    { .group = "Options",
      .name = "build-options",
      .kind = CLI_FLAG,
      .help = "also instruction sets, modules, library versions and their licences" },
    CLI_JSON_OPTION,
    { 0 }
};

static const char *version_compiler(void)
{
#if defined(__clang__)
    return "clang " __clang_version__;
#elif defined(__GNUC__)
    return "gcc " __VERSION__;
#else
    return "unknown";
#endif
}

static const char version_built[] = "ref baseline"
#ifdef NRV__HAVE_AVX2
                                    " avx2"
#endif
#ifdef NRV__HAVE_AVX512
                                    " avx512"
#endif
    ;

typedef struct version_part {
    const char *name, *version, *licence, *use;
} version_part;

enum { VERSION_PARTS = 4, VERSION_MODULES = 5 };

static void version_parts(version_part parts[VERSION_PARTS])
{
    parts[0] = (version_part){ "zlib", zlibVersion(), "Zlib", "gzip (IDX and NPY files)" };
    parts[1] = (version_part){ "libzip", zip_libzip_version(), "BSD-3-Clause", "NPZ files" };
    parts[2] = (version_part){ "libfyaml", fy_library_version(), "MIT", "config.yaml" };
#ifdef __GLIBC__
    parts[3] =
        (version_part){ "glibc", gnu_get_libc_version(), "LGPL-2.1-or-later", "C library, threads, mathematics" };
#else
    parts[3] = (version_part){ "libc", "", "", "C library, threads, mathematics" };
#endif
}

/* what is inside, counted from the engine's own lists */
static void version_modules(const char *modules[VERSION_MODULES][2])
{
    int ops = 0, layers = 0;
    while (nrv__ops[ops])
        ops++;
    while (nrv__layers_all[layers])
        layers++;
    const char *const all[VERSION_MODULES][2] = {
        { "engine", cli_format("%d operations", ops) },
        { "layers", cli_format("%d words", layers) },
        { "optimisers", cli_optimisers() },
        { "data", "IDX CSV NPY NPZ gzip" },
        { "run folder", "safetensors CSV JSON TensorBoard SVG YAML" },
    };
    memcpy(modules, all, sizeof all);
}

static void version_json(const version_part *parts, const char *modules[VERSION_MODULES][2])
{
    printf(
        "{\"nervo\": \"%s\", \"licence\": \"Apache-2.0\", \"tiers\": \"%s\", \"built_tiers\": \"%s\", \"compiler\": ",
        nrv_version(), nrv_tiers(), version_built);
    cli_json_string(stdout, version_compiler());
    fputs(", \"modules\": {", stdout);
    for (int i = 0; i < VERSION_MODULES; i++) {
        printf("%s\"%s\": ", i ? ", " : "", modules[i][0]);
        cli_json_string(stdout, modules[i][1]);
    }
    fputs("}, \"libraries\": [", stdout);
    for (int i = 0; i < VERSION_PARTS; i++)
        printf("%s{\"name\": \"%s\", \"version\": \"%s\", \"licence\": \"%s\"}", i ? ", " : "", parts[i].name,
               parts[i].version, parts[i].licence);
    puts("]}");
}

static int version_run(cli_args *a)
{
    version_part parts[VERSION_PARTS];
    const char *modules[VERSION_MODULES][2];
    version_parts(parts);
    version_modules(modules);
    if (cli_flag(a, "json")) {
        version_json(parts, modules);
        return cli_flush();
    }
    printf("nervo %s\n", nrv_version());
    if (!cli_flag(a, "build-options"))
        return cli_flush();
    printf("\nlicence            Apache-2.0\ncompiler           %s\n", version_compiler());
#ifdef NERVO_GIT
    printf("source             %s\n", NERVO_GIT);
#endif
    printf("instruction sets   %s   (built in)\n", version_built);
    printf("                   %s   (this processor, best last; NERVO_ISA chooses)\n", nrv_tiers());
    printf("processors         %d usable here\n\nmodules\n", cli_cpus());
    for (int i = 0; i < VERSION_MODULES; i++)
        printf("  %-16s %s\n", modules[i][0], modules[i][1]);
    puts("\nlibraries of the command");
    for (int i = 0; i < VERSION_PARTS; i++)
        printf("  %-10s %-8s %-18s %s\n", parts[i].name, parts[i].version, parts[i].licence, parts[i].use);
    return cli_flush();
}

const cli_command cli_version = {
    .name = "version",
    .usage = "nervo version [--build-options]",
    .line = "Prints the version, and what this nervo was built with.",
    .options = version_options,
    .examples = "  nervo version --build-options\n",
    .run = version_run,
};
