/* layers.c - what a network consists of: layers, shapes, parameters, multiply-adds. Nothing is run for it. */
#include "net.h"
#include "../src/graph/store.h"
#include <string.h>

static void layers_seen(void *user, const nrv_layer_info *info)
{
    cli_layers *l = user;
    nrv_shape out = info->out ? nrv_shape_of(info->out) : (nrv_shape){ 0, { 0 } };
    if (l->n == l->room) {
        cli_layer *more = cli_get((size_t)(l->room = l->room ? 2 * l->room : 32) * sizeof *more);
        if (l->n)
            memcpy(more, l->at, (size_t)l->n * sizeof *more);
        l->at = more;
    }
    int rank = out.rank > 0 ? out.rank - 1 : 0;
    const char *word = info->word ? info->word : "", *name = info->name ? info->name : "";
    l->at[l->n++] = (cli_layer){ .word = cli_copy(word, strlen(word)),
                                 .name = cli_copy(name, strlen(name)),
                                 .shape = cli_shape_text(rank, out.dim + 1),
                                 .depth = info->depth,
                                 .params = info->params,
                                 .macs = info->macs };
    l->params += info->params;
    l->macs += info->macs;
    l->output = l->at[l->n - 1].shape;
}

int cli_layers_of(cli_net *net, cli_layers *l)
{
    *l = (cli_layers){ .output = "" };
    nrv_store *s = nrv_store_new(&(nrv_store_opt){ .alloc = cli_alloc });
    nrv_graph *g =
        s ? cli_net_trace(net, s, CLI_TRACE_PREDICT, &(nrv_layers_opt){ .seen = layers_seen, .user = l }) : NULL;
    int code = cli_net_graph_error(g);
    for (size_t i = 0; code == CLI_GO_ON && i < s->n_entry; i++) {
        const nrv__stored *e = s->entry[i];
        int64_t count = 1;
        for (int k = 0; k < e->rank; k++)
            count *= e->dim[k];
        l->fixed += e->kind == NRV__PARAM ? 0 : count;
        l->bytes += (int64_t)e->bytes;
    }
    nrv_graph_free(g);
    nrv_store_free(s);
    return code;
}
