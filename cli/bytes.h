/* bytes.h - the bytes of a data file: plain, gzip, or a member of an NPZ archive.

   Promises: a gzip stream is never expanded beyond what its own IDX header says, other files never beyond the memory
   that there is. Does not do: understand the contents. */
#ifndef NERVO_CLI_BYTES_H
#define NERVO_CLI_BYTES_H
#include "cli.h"

typedef struct cli_bytes {
    uint8_t *at;
    size_t n;
} cli_bytes;

int cli_bytes_read(const char *path, cli_bytes *b); /* CLI_GO_ON, or the error was said; "-" is stdin */
void cli_bytes_free(cli_bytes *b);
bool cli_bytes_idx(const cli_bytes *b);                  /* begins like an IDX file */
uint64_t cli_bytes_idx_size(const uint8_t *p, size_t n); /* what the header promises; 0: no such header */

typedef struct zip cli_zip;
int cli_zip_open(const char *path, cli_zip **z);
bool cli_zip_has(cli_zip *z, const char *member);
int cli_zip_read(cli_zip *z, const char *path, const char *member, cli_bytes *b);
void cli_zip_close(cli_zip *z);
#endif
