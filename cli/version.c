/* version.c - `nervo version`: one line; with --build-options everything that a bug report needs. */
#include "cli.h"
#include <libfyaml.h>
#include <string.h>
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

static int version_run(cli_args *a)
{
    const struct {
        const char *name, *version, *licence, *use;
    } parts[] = {
        { "zlib", zlibVersion(), "Zlib", "gzip (IDX files)" },
        { "libzip", zip_libzip_version(), "BSD-3-Clause", "NPZ files" },
        { "libfyaml", fy_library_version(), "MIT", "config.yaml" },
    };
    bool all = cli_flag(a, "build-options"), json = cli_flag(a, "json");
    if (json) {
        printf("{\"nervo\": \"%s\", \"tiers\": \"%s\", \"compiler\": ", nrv_version(), nrv_tiers());
        cli_json_string(stdout, version_compiler());
        for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
            printf(", \"%s\": \"%s\"", parts[i].name, parts[i].version);
        puts("}");
        return cli_flush();
    }
    printf("nervo %s\n", nrv_version());
    if (all) {
        printf("\nlicence            Apache-2.0\ncompiler           %s\n", version_compiler());
        printf("instruction sets   %s   (this processor, best last; NERVO_ISA chooses)\n", nrv_tiers());
        printf("processors         %d usable here\n\nlibraries of the command\n", cli_cpus());
        for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
            printf("  %-10s %-8s %-14s %s\n", parts[i].name, parts[i].version, parts[i].licence, parts[i].use);
    }
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
