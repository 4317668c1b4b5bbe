/* repeat - the same words several times, with weights of their own each time. Only a word: the text form unrolls it. */
#include "layer.h"

NRV_LAYER(repeat, .word = "repeat", .args = "times:size",
          .doc = "N { ... }: the words stand there N times, as modules one after the other.",
          .flags = NRV__LAYER_BLOCK | NRV__LAYER_UNROLL);
