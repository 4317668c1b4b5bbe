/* cells.h - what cells and whole recurrent layers share: one turn, on maps of x that are already made. */
#ifndef NRV__CELLS_H
#define NRV__CELLS_H
#include "../layer/weights.h"

typedef enum { NRV__RNN_TANH, NRV__RNN_RELU, NRV__LSTM, NRV__GRU } nrv__rnn_kind;
enum { NRV__RNN_LAYERS = 256 };
extern const char *const nrv__rnn_names[5]; /* of nrv_rnn_weights, in its order */
int nrv__rnn_gates(nrv__rnn_kind kind);
/* x (...,n) -> (...,gates H): x weight_ih^T, to which the turn adds the biases */
nrv_tensor nrv__rnn_maps(nrv_tensor x, const nrv_rnn_weights *w);
/* maps (B,gates H), h (B,H) or (B,P), c (B,H) of an LSTM -> what h becomes, and *c */
nrv_tensor nrv__rnn_turn(nrv__rnn_kind kind, nrv_tensor maps, const nrv_rnn_weights *w, nrv_tensor h, nrv_tensor *c);
/* the weights of a cell for x (...,n), whose names end in tail, fit each other; *H; false: op refuses */
bool nrv__rnn_fits(const nrv__opdef *op, nrv__rnn_kind kind, nrv_tensor x, const nrv_rnn_weights *w, const char *tail,
                   nrv_dim *H);
nrv_rnn_weights nrv__rnn_weights_of(const nrv__case *c, const char *tail); /* inputs weight_ih<tail>... */
#endif
