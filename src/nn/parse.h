/* parse.h - the text form of a network, read into words: which layer, which arguments, where it stands.

   Promises: hostile text is refused with line, column and the word underlined; what is counted is bounded before memory
   is asked for; nesting is a number, not a recursion. Does not do: trace anything. */
#ifndef NRV__PARSE_H
#define NRV__PARSE_H
#include "layer.h"

enum {
    NRV__WORDS_DEEP = 64,      /* blocks in blocks */
    NRV__WORDS_MOST = 100000,  /* words, every repeat counted as often as it is repeated */
    NRV__WORDS_SIZE = 1 << 24, /* largest number of units, channels, lengths */
    NRV__WORDS_TEXT = 1 << 24  /* bytes of text */
};

typedef struct nrv__word {
    const nrv__layer *layer; /* NULL: a branch of a block */
    const char *name;        /* the given one, or NULL */
    const nrv__arg *arg;
    size_t at, n, whole; /* place in the text; length of the word, and with its arguments */
    int32_t end;         /* block, branch: the first word behind its content */
    int32_t level;       /* the block or branch among whose modules it counts; -1: the text itself */
    int32_t times;       /* of an unrolled block */
    int n_arg, depth, line, column;
} nrv__word;

typedef struct nrv__words {
    nrv__mem mem;
    nrv__arena arena;
    const char *text;
    nrv__word *word;
    size_t n, cap;
    nrv_shape input; /* rank 0: the text does not say */
    size_t input_at, input_n;
} nrv__words;

/* false: see why. The words point into text. Free in both cases. */
bool nrv__words_read(nrv__words *w, nrv__mem mem, const char *text, nrv__why *why);
void nrv__words_free(nrv__words *w);
/* "at line 1, column 4", the line, and ^~~~ below n bytes of it */
void nrv__words_place(nrv__text *t, const char *text, size_t at, size_t n);
#endif
