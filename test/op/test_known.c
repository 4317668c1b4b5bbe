/* test_known.c - what ops compute, held against numbers that were worked out elsewhere: by hand, or by another
   language's mathematics. Ties, NaN, infinities, empty axes and the gradients at kinks are here, since nothing else
   meets them.

   Eager and compiled, in double and in float, on every tier of kernels.

   An op whose record holds other conventions than these breaks users silently. An op that is not in the table is
   skipped aloud: its slope and its agreement between types are tested, its value is nobody's. */
#include "support/each_op.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct known_row {
    const char *op, *text, *want;
} known_row;

static const known_row known_values[] = {
    { "abs", "x{-2.5, -1, -0.25, 0, 0.5, 1, 3}", "2.5 1 0.25 0 0.5 1 3" },
    { "abs", "x{nan, -inf, inf}", "nan inf inf" },
    { "add", "a{-2, 1, 3, 0.5}, b{1, 1, -4, 0.25}", "-1 2 -1 0.75" },
    { "add", "a:i32[2,1]{-5, 7}, b:i32{3, -2, 7}", "-2 -7 2 10 5 14" },
    { "argmax", "x[2,4]{1, 7, 7, 3, -1, nan, 6, nan}, axis=1", "1 1" },
    { "argmax", "x[2,3]{1, 7, 3, 4, -5, 6}, axis=0", "1 0 1" },
    { "argmax", "x[2,2,2]{1, 2, 3, 4, 8, 7, 6, 9}, axis=1", "1 1 0 1" },
    { "argmin", "x[2,4]{7, 1, 1, 3, 9, nan, 6, nan}, axis=1", "1 1" },
    { "argmin", "x[2,3]{1, 7, 3, 4, -5, 6}, axis=0", "0 1 0" },
    { "argmin", "x[2,2,2]{1, 2, 3, 4, 8, 7, 6, 9}, axis=1", "0 0 1 0" },
    { "avg_pool", "x[1,1,2,4]{1, 5, 2, 2, -3, 4, 7, 1}, kernel=2", "1.75 3" },
    { "avg_pool", "x[1,1,3]{3, 6, 9}, kernel=3, stride=2, pad=1", "3 5" },
    { "bce", "p{0.8, 0.25}, t{1, 0}", "0.2554128118829953" },
    { "bce", "p{0, 1}, t{1, 1}", "50" },
    { "bce_logits", "x{2, -1}, t{1, 0.5}", "0.47009484928059775" },
    { "bce_logits", "x{1000, -1000}, t{0, 1}", "1000" },
    { "broadcast", "x[2,1]{1, 2}, to=2x3", "1 1 1 2 2 2" },
    { "broadcast", "x[2]{1, 2}, to=2x2", "1 2 1 2" },
    { "broadcast", "x[2,1,2]{1, 2, 3, 4}, to=2x2x2", "1 2 1 2 3 4 3 4" },
    { "cast", "x{2.9, -2.9, 0, 300, -1, nan}, type=i32", "2 -2 0 300 -1 0" },
    { "cast", "x{2.9, -2.9, 0, 300, -1, nan}, type=u8", "2 0 0 255 0 0" },
    { "cast", "x{0.5, 0, -3}, type=bool", "1 0 1" },
    { "cast", "x{3e9, -3e9}, type=i32", "2147483647 -2147483648" },
    { "cast", "x:i64{-7, 9}, type=f32", "-7 9" },
    { "concat", "a[2,1]{1, 2}, b[2,2]{3, 4, 5, 6}, axis=1", "1 3 4 2 5 6" },
    { "concat", "a[1,2]{1, 2}, b[2,2]{3, 4, 5, 6}, c[1,2]{7, 8}, axis=0", "1 2 3 4 5 6 7 8" },
    { "conv", "x[1,1,4,4]{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, w[1,1,2,2]{1, 0, -1, 2}",
      "8 10 12 16 18 20 24 26 28" },
    { "conv",
      "x[1,1,4,4]{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, w[1,1,3,3]{1, 2, 1, 2, 4, 2, 1, 2, 1}, "
      "stride=2, pad=1",
      "24 52 112 176" },
    { "conv", "x[1,2,3]{1, 2, 3, 10, 20, 30}, w[2,2,2]{1, 1, 1, 1, 1, -1, 0, 2}", "33 55 39 59" },
    { "conv", "x[1,2,3]{1, 2, 3, 10, 20, 30}, w[2,1,2]{1, 2, 3, 4}, groups=2", "5 8 110 180" },
    { "conv", "x[1,1,5]{1, 2, 3, 4, 5}, w[1,1,2]{1, 10}, dilation=3", "41 52" },
    { "conv_dw", "dy[1,1,2]{1, 2}, x[1,1,3]{3, 4, 5}, kernel=2", "11 14" },
    { "conv_dw", "dy[1,2,2]{1, 2, 3, 4}, x[1,2,3]{5, 6, 7, 8, 9, 10}, kernel=2, groups=2", "17 20 60 67" },
    { "conv_dx", "dy[1,1,2]{1, 2}, w[1,1,2]{3, 4}, to=3", "3 10 8" },
    { "conv_dx", "dy[1,2,2]{1, 2, 3, 4}, w[2,1,2]{5, 6, 7, 8}, groups=2, to=3", "5 16 12 21 52 32" },
    { "netlist",
      "x[2,2]{1, -0.5, 0, 2}, row:i32{0,0,0,2,3,5}, col:i32{0,1,2,3,0}, w{2, -1, 3, -1, 0.5}, "
      "b{9, 9, 0.5, -0.25, 0.1}, act:i32{-1,-2,1,3,6}, levels=4",
      "1 -0.5 0.9525741268224334 0.9891946608057121 0.859441530341005 0 2 0.18242552380635635 0.2888183295740856 "
      "0.9649756978039168" },
    { "netlist_order", "row:i32{0,1,2,2}, col:i32{1,2}, act:i32{0,0,-1}, nodes=3, levels=3, inputs=1", "2 1 0 3 2 1" },
    { "netlist_read", "x[2,2]{5, 6, 7, 8}, act:i32{-2,0,-1,-2}", "6 0 5 6 8 0 7 8" },
    { "netlist_unread", "u[1,4]{1, 2, 3, 4}, act:i32{-2,0,-1,-2}, inputs=3", "3 5 0" },
    { "netlist_product", "f[1,3]{1, 10, 100}, row:i32{0,0,1,3}, col:i32{0,0,1}, w{2, 3, 4}", "0 2 43" },
    { "netlist_product", "f[1,3]{1, 10, 100}, row:i32{0,0,1,3}, col:i32{0,0,1}, w{2, 3, 4}, back=1", "320 400 0" },
    { "netlist_edges", "a[2,3]{1, 2, 3, 4, 5, 6}, b[2,3]{1, 10, 100, 2, 20, 200}, row:i32{0,0,1,3}, col:i32{0,0,1}",
      "12 15 150" },
    { "netlist_sweep",
      "r[1,3]{1, 10, 100}, s[1,3]{7, 2, 3}, row:i32{0,0,1,3}, col:i32{0,0,1}, w{2, 3, 4}, "
      "order:i32[2,3]{0, 1, 2, 1, 2, 3}",
      "1 14 277" },
    { "netlist_sweep",
      "r[1,3]{1, 10, 100}, s[1,3]{7, 2, 3}, row:i32{0,0,1,3}, col:i32{0,0,1}, w{2, 3, 4}, "
      "order:i32[2,3]{0, 1, 2, 1, 2, 3}, back=1",
      "13441 810 100" },
    { "netlist_values",
      "u[1,3]{1, -10, 3}, row:i32{0,0,1,3}, col:i32{0,0,1}, w{2, 3, 4}, act:i32{0,7,4}, "
      "order:i32[2,3]{0, 1, 2, 1, 2, 3}",
      "1 8 38" },
    { "attention", "q[2,1]{1, 2}, k[2,1]{0, 1}, v[2,2]{1, 2, 3, 4}, causal=1",
      "1 2 2.7615941559557653 3.7615941559557653" },
    { "attention", "q[2,1]{1, 2}, k[2,1]{0, 1}, v[2,1]{1, 2}, m:bool[2,2]{0, 0, 0, 1}", "0 2" },
    { "rotary", "x[2,2]{3, 4, 3, 4}, p:i64{0, 1}", "3 4 -1.7449770216271667 4.685622177896248" },
    { "cos", "x{-2.5, -1, -0.25, 0, 0.5, 1, 3}",
      "-0.8011436155469337 0.5403023058681398 0.9689124217106447 1 0.8775825618903728 0.5403023058681398 "
      "-0.9899924966004454" },
    { "cross_entropy", "x[2,3]{1, 2, 3, 0, 0, 0}, i:i32{0, 2}", "1.7531091265562448" },
    { "log_softmax", "x[1,2,2]{0, 0, 1, 1}",
      "-0.6931471805599453 -0.6931471805599453 -0.6931471805599453 -0.6931471805599453" },
    { "softmax", "x[1,2,2]{0, 0, 1, 1}", "0.5 0.5 0.5 0.5" },
    { "cross_entropy", "x[1,2,3]{1, 2, 3, 0, 0, 0}, i:i32[1,2]{0, 2}", "1.7531091265562448" },
    { "div", "a{-2, 1, 3, 0.5}, b{1, 1, -4, 0.25}", "-2 1 -0.75 2" },
    { "div", "a{1, -1, 0}, b{0, 0, 0}", "inf -inf nan" },
    { "equal", "a{-2, 1, 3, 0.5}, b{1, 1, -4, 0.25}", "0 1 0 0" },
    { "equal", "a:bool{0, 1, 1}, b:bool{0, 1, 0}", "1 1 0" },
    { "erf", "x{-2.5, -1, -0.25, 0, 0.5, 1, 3}",
      "-0.999593047982555 -0.8427007929497149 -0.2763263901682369 0 0.5204998778130465 0.8427007929497149 "
      "0.9999779095030014" },
    { "exp", "x{-2.5, -1, -0.25, 0, 0.5, 1, 3}",
      "0.0820849986238988 0.36787944117144233 0.7788007830714049 1 1.6487212707001282 2.718281828459045 "
      "20.085536923187668" },
    { "exp", "x{-1000, 1000, nan}", "0 inf nan" },
    { "fold", "y[1,1,3,2]{1, 2, 3, 4, 5, 6}, to=4", "1 5 9 6" },
    { "fold", "y[1,1,2,2]{1, 2, 3, 4}, stride=2, pad=1, to=2", "2 3" },
    { "gelu", "x{-2.5, -1, -0.25, 0, 0.5, 1, 3}",
      "-0.015524163314440398 -0.15865525393145707 -0.10032341857926907 0 0.34573123063700656 0.8413447460685429 "
      "2.99595030590511" },
    { "gelu", "x{1000, -1000}", "1000 0" },
    { "greater", "a{-2, 1, 3, 0.5}, b{1, 1, -4, 0.25}", "0 0 1 1" },
    { "greater_equal", "a{-2, 1, 3, 0.5}, b{1, 1, -4, 0.25}", "0 1 1 1" },
    { "huber", "a{0.5, 3, -2}, b{0, 0, 0}", "1.375" },
    { "huber", "a{0.5, 3}, b{0, 0}, delta=2", "2.0625" },
    { "leaky_relu", "x{-2.5, -1, -0.25, 0, 0.5, 1, 3}, slope=0.2", "-0.5 -0.2 -0.05 0 0.5 1 3" },
    { "less", "a{-2, 1, 3, 0.5}, b{1, 1, -4, 0.25}", "1 0 0 0" },
    { "less", "a{nan, 1}, b{1, nan}", "0 0" },
    { "less_equal", "a{-2, 1, 3, 0.5}, b{1, 1, -4, 0.25}", "1 1 0 0" },
    { "log", "x{0.25, 0.5, 1, 2, 7.5}",
      "-1.3862943611198906 -0.6931471805599453 0 0.6931471805599453 2.0149030205422647" },
    { "log", "x{0, -1, inf}", "-inf nan inf" },
    { "log_softmax", "x{1, 2, 3}, axis=0", "-2.40760596444438 -1.4076059644443804 -0.40760596444438046" },
    { "log_softmax", "x[1,2]{1000, 0}, axis=1", "0 -1000" },
    { "cholesky", "a[2,2]{4, 2, 2, 5}", "2 0 1 2" },
    { "cholesky", "a[2,2]{4, 2, 2, 5}, upper=1", "2 1 0 2" },
    { "cholesky", "a[2,2]{4, 4, 0, 5}", "2 0 1 2" },
    { "cholesky", "a[3,3]{4, 2, 2, 2, 1, 1, 2, 1, 9}", "2 0 0 1 nan 0 1 nan nan" },
    { "cholesky", "a[2,2,2]{nan, 0, 0, 1, inf, 0, 0, 1}", "nan 0 nan nan inf 0 0 1" },
    { "cholesky_solve", "b[2,1]{2, 5}, l[2,2]{2, 9, 1, 2}", "0 1" },
    { "cholesky_inverse", "l[2,2]{2, 9, 1, 2}", "0.3125 -0.125 -0.125 0.25" },
    { "solve_triangular", "a[2,2]{2, 9, 1, 4}, b[2,1]{2, 9}", "1 2" },
    { "solve_triangular", "a[2,2]{2, 1, 9, 4}, b[2,1]{4, 8}, upper=1", "1 2" },
    { "solve_triangular", "a[2,2]{2, 9, 1, 4}, b[2,1]{4, 8}, transpose=1", "1 2" },
    { "solve_triangular", "a[2,2]{7, 9, 1, 7}, b[2,1]{1, 3}, unit=1", "1 2" },
    { "solve_triangular", "a[2,2]{2, 9, 1, 4}, b[1,2]{4, 8}, right=1", "1 2" },
    { "solve_triangular", "a[2,2]{0, 0, 1, 1}, b[2,1]{1, 1}", "inf -inf" },
    { "triangular_solve", "b[2,1]{4, 8}, a[2,2]{2, 1, 9, 4}", "1 2" },
    { "lu_packed", "a[2,2]{1, 2, 4, 6}", "4 6 1 1 0.25 0.5 0 1" },
    { "lu_packed", "a[2,2]{1, 2, 4, 6}, pivot=0", "1 2 0 0 4 -2 1 1" },
    { "lu_packed", "a[2,2]{0, 0, 0, 0}", "0 0 0 0 0 0 1 1" },
    { "lu_packed", "a[2,2]{0, 3, 0, 4}", "0 3 0 0 0 4 1 1" },
    { "lu_packed", "a[2,1]{nan, 1}", "nan 0 0 nan 1 1" },
    { "lu_factor", "a[2,2]{1, 2, 4, 6}", "4 6 0.25 0.5" },
    { "lu", "a[2,2]{1, 2, 4, 6}", "0 1 1 0" },
    { "lu_order", "p:i32{3, 3, 3}", "2 0 1" },
    { "lu_solve", "lu[2,2]{4, 6, 0.25, 0.5}, p:i32{2, 2}, b[2,1]{5, 16}", "1 2" },
    { "qr_packed", "a[2,1]{3, 4}", "-0.6 -0.8 -5" },
    { "qr_packed", "a[2,2]{3, 1, 0, -2}", "1 0 0 1 3 1 0 -2" },
    { "qr_packed", "a[2,1]{0, 0}", "1 0 0" },
    { "qr", "a[2,1]{3, 4}", "-0.6 -0.8" },
    { "qr", "a[2,1]{3, 4}, mode=complete", "-0.6 -0.8 -0.8 0.6" },
    { "qr", "a[2,1]{3, nan}", "nan nan" },
    { "qr", "a[2,2]{3, 1, 0, -2}, mode=r", "3 1 0 -2" },
    { "householder_product", "v[2,1]{7, 0.5}, tau{1.6}", "-0.6 -0.8" },
    { "eigh_packed", "a[2,2]{2, 1, 1, 2}",
      "0.7071067811865476 0.7071067811865476 -0.7071067811865476 0.7071067811865476 1 3" },
    { "eigh_packed", "a[2,2]{inf, 0, 0, 1}", "nan nan nan nan nan nan" },
    { "eigh", "a[2,2]{2, 1, 1, 2}", "1 3" },
    { "eigh", "a[3,3]{2, 0, 0, 0, -1, 0, 0, 0, 2}", "-1 2 2" },
    { "eigvalsh", "a[2,2]{0, 2, -2, 0}", "0 0" },
    { "eigvalsh", "a[2,2]{nan, 0, 0, 1}", "nan nan" },
    { "svd_packed", "a[2,2]{3, 0, 0, -4}", "0 1 1 0 4 3 0 1 -1 0" },
    { "svd_packed", "a[2,1]{0, 0}", "1 0 0 1" },
    { "svd_packed", "a[2,1]{inf, 0}", "nan nan nan nan" },
    { "svd", "a[2,2]{0, 2, 0, 0}, full_matrices=1", "1 0 0 1" },
    { "svdvals", "a[2,3]{3, 0, 0, 0, 4, 0}", "4 3" },
    { "svdvals", "a[2,2]{nan, 0, 0, 1}", "nan nan" },
    { "det", "a[2,2]{1, 2, 3, 4}", "-2" },
    { "det", "a[2,2,2]{1, 2, 2, 4, nan, 0, 0, 1}", "0 nan" },
    { "det", "a[2,0,0]", "1 1" },
    { "det", "a[2,2]{inf, 0, 0, 1}", "inf" },
    { "cofactor", "a[2,2]{1, 2, 3, 4}", "4 -3 -2 1" },
    { "cofactor", "a[2,2]{1, 2, 2, 4}", "4 -2 -2 1" },
    { "cofactor", "a[3,3]{1, 2, 3, 2, 4, 6, 3, 6, 9}", "0 0 0 0 0 0 0 0 0" },
    { "cofactor", "a[2,1,1]{0, 7}", "1 1" },
    { "cofactor", "a[2,2]{nan, 0, 0, 1}", "nan nan nan nan" },
    { "slogdet", "a[3,2,2]{0, 1, 1, 0, 1, 2, 0.5, 1, nan, 0, 0, 1}", "-1 0 nan" },
    { "logdet", "a[3,2,2]{2, 0, 0, 3, 0, 1, 1, 0, 1, 2, 0.5, 1}", "1.791759469228055 nan -inf" },
    { "solve", "a[2,2]{1, 2, 4, 6}, b[2,1]{5, 16}", "1 2" },
    { "solve", "a[2,2]{1, 2, 4, 6}, b{5, 16}", "1 2" },
    { "solve", "a[2,2]{1, 4, 2, 6}, b[1,2]{5, 16}, right=1", "1 2" },
    { "solve", "a[1,1]{0}, b{3}", "inf" },
    { "solve", "a[2,2]{1, 2, 2, 4}, b{1, 1}", "-inf inf" },
    { "solve", "a[2,2]{1, 2, 2, 4}, b{1, 2}", "nan nan" },
    { "inv", "a[2,2]{1, 2, 3, 4}", "-2 1 1.5 -0.5" },
    { "inv", "a[2,1,1]{0, nan}", "inf nan" },
    { "tensorinv", "a[2,1,2]{1, 2, 3, 4}, ind=1", "-2 1 1.5 -0.5" },
    { "tensorsolve", "a[2,1,2]{1, 2, 4, 6}, b{5, 16}", "1 2" },
    { "matrix_exp", "a[2,2]{0, 1000000, 0, 0}", "1 1000000 0 1" },
    { "matrix_exp", "a[2,2]{1, 0, 0, 2}", "2.718281828459045 0 0 7.38905609893065" },
    { "matrix_exp", "a[2,2]{0, 1, -1, 0}",
      "0.5403023058681398 0.8414709848078965 -0.8414709848078965 0.5403023058681398" },
    { "matrix_exp", "a[1,1]{-1000}", "0" },
    { "matrix_exp", "a[2,1,1]{inf, nan}", "nan nan" },
    { "pinv", "a[2,1]{3, 4}", "0.12 0.16" },
    { "pinv", "a[2,2]{1, 1, 1, 1}", "0.25 0.25 0.25 0.25" },
    { "pinv", "a[2,2]{0, 0, 0, 0}", "0 0 0 0" },
    { "pinv", "a[2,2]{4, 0, 0, 1}, rtol=0.5", "0.25 0 0 0" },
    { "pinv", "a[1,1]{nan}", "nan" },
    { "matrix_rank", "a[3,2,2]{1, 2, 2, 4, 0, 0, 0, 0, 1, 0, 0, 1}", "1 0 2" },
    { "matrix_rank", "a[2,2]{4, 0, 0, 1}, tol=1", "1" },
    { "matrix_rank", "a[2,2]{4, 0, 0, 1}, rtol=0.1", "2" },
    { "lstsq", "a[3,1]{1, 1, 1}, b{1, 2, 6}", "3" },
    { "lstsq", "a[3,1]{1, 1, 1}, b{1, 2, 6}, driver=gels", "3" },
    { "lstsq", "a[1,2]{3, 4}, b[1,1]{5}", "0.6 0.8" },
    { "lstsq", "a[1,2]{3, 4}, b[1,1]{5}, driver=gels", "0.6 0.8" },
    { "lstsq", "a[2,2]{1, 1, 1, 1}, b{1, 3}", "1 1" },
    { "matrix_norm", "a[2,2]{1, -2, 3, 4}", "5.477225575051661" },
    { "matrix_norm", "a[2,2]{3, 0, 0, -4}, ord=nuc", "7" },
    { "matrix_norm", "a[2,2]{1, -2, 3, 4}, ord=1", "6" },
    { "matrix_norm", "a[2,2]{1, -2, 3, 4}, ord=-1", "4" },
    { "matrix_norm", "a[2,2]{1, -2, 3, 4}, ord=inf", "7" },
    { "matrix_norm", "a[2,2]{1, -2, 3, 4}, ord=-inf", "3" },
    { "matrix_norm", "a[2,2]{3, 0, 0, -4}, ord=2", "4" },
    { "matrix_norm", "a[2,2]{3, 0, 0, -4}, ord=-2", "3" },
    { "matrix_norm", "a[2,2]{1, -2, 3, 4}, ord=1, axis=1x0", "7" },
    { "cond", "a[2,2]{2, 0, 0, -4}", "2" },
    { "cond", "a[2,2]{2, 0, 0, -4}, p=-2", "0.5" },
    { "cond", "a[2,2]{1, 2, 3, 4}, p=1", "21" },
    { "cond", "a[2,2]{1, 0, 0, 0}", "inf" },
    { "matrix_power", "a[2,2]{1, 1, 0, 1}, n=5", "1 5 0 1" },
    { "matrix_power", "a[2,2]{1, 1, 0, 1}, n=-2", "1 -2 0 1" },
    { "matrix_power", "a[2,2]{1, nan, 0, 1}, n=0", "1 0 0 1" },
    { "einsum", "x0[2,2]{1, 2, 3, 4}, x1[2]{10, 100}, equation=ij;j->i", "210 430" },
    { "einsum", "x0[2,2]{1, 2, 3, 4}, equation=ii", "5" },
    { "einsum", "x0[2,2]{1, 2, 3, 4}, equation=ii->i", "1 4" },
    { "einsum", "x0[2,2]{1, nan, 3, 4}, equation=ii->i", "1 4" },
    { "einsum", "x0[2,2]{1, 2, 3, 4}, equation=ba", "1 3 2 4" },
    { "einsum", "x0[2,2]{1, 2, 3, 4}, x1[1,2]{10, 100}, equation=aB;cB", "210 430" },
    { "einsum", "x0[2,2]{1, 2, 3, 4}, x1[1,2]{10, 100}, equation=ab;ab->ab", "10 200 30 400" },
    { "einsum", "x0[2,2]{1, 2, 3, 4}, equation=...->", "10" },
    { "tensordot", "a[2,2]{1, 2, 3, 4}, b[2,2]{1, 10, 100, 1000}", "4321" },
    { "tensordot", "a[2,2]{1, 2, 3, 4}, b[2]{1, 10}, axis=0x0", "31 42" },
    { "mm", "a[1,2]{1, 2}, b[2,2]{1, 10, 100, 1000}", "201 2010" },
    { "bmm", "a[2,1,1]{2, 3}, b[2,1,2]{1, 2, 3, 4}", "2 4 9 12" },
    { "mv", "a[2,2]{1, 2, 3, 4}, b{1, 10}", "21 43" },
    { "dot", "a{1, 2}, b{10, 100}", "210" },
    { "inner", "a[2,2]{1, 2, 3, 4}, b{1, 10}", "21 43" },
    { "inner", "a[]{3}, b{1, 10}", "3 30" },
    { "outer", "a{1, 2}, b{10, 100}", "10 100 20 200" },
    { "addmm", "c{1, 2}, a[1,2]{1, 2}, b[2,2]{1, 10, 100, 1000}, beta=2, alpha=10", "2012 20104" },
    { "addmm", "c{nan, 2}, a[1,2]{1, 2}, b[2,2]{1, 10, 100, 1000}, beta=0", "201 2010" },
    { "addmv", "c{1, 2}, a[2,2]{1, 2, 3, 4}, b{1, 10}, beta=-1", "20 41" },
    { "addr", "c[1,2]{5, 6}, a{1, 2}, b{10, 100}, alpha=0.5", "10 56 15 106" },
    { "baddbmm", "c[1,1]{1}, a[2,1,1]{2, 3}, b[2,1,2]{1, 2, 3, 4}", "3 5 10 13" },
    { "addbmm", "c{1, 2}, a[2,1,1]{2, 3}, b[2,1,2]{1, 2, 3, 4}", "12 18" },
    { "multi_dot", "x0{1, 2}, x1[2,2]{1, 10, 100, 1000}, x2{1, 2}", "4221" },
    { "kron", "a{1, 2}, b{10, 100}", "10 100 20 200" },
    { "kron", "a[1,2]{1, 2}, b[2,1]{10, 100}", "10 20 100 200" },
    { "cross", "a{1, 2, 3}, b{4, 5, 6}", "-3 6 -3" },
    { "cross", "a[3,1]{1, 2, 3}, b[3,1]{4, 5, 6}, axis=0", "-3 6 -3" },
    { "vander", "x{2, 0}, N=3", "1 2 4 1 0 0" },
    { "vander", "x{2, 3}, N=3, increasing=0", "4 2 1 9 3 1" },
    { "matmul", "a[2,3]{1, 2, 3, 4, 5, 6}, b[3,2]{7, 8, 9, 10, 11, 12}", "58 64 139 154" },
    { "matmul", "a[2,0], b[0,2]", "0 0 0 0" },
    { "matmul", "a[2,1,2]{1, 2, 3, 4}, b[2,2]{5, 6, 7, 8}", "19 22 43 50" },
    { "matmul", "a[1,2,1]{1, 2}, b[2,1,2]{3, 4, 5, 6}", "3 4 6 8 5 6 10 12" },
    { "max", "a{-2, 1, 3, 0.5}, b{1, 1, -4, 0.25}", "1 1 3 0.5" },
    { "max", "a:i32[2,1]{-5, 7}, b:i32{3, -2, 7}", "3 -2 7 7 7 7" },
    { "max", "a{nan, 1, 1}, b{1, nan, 1}", "nan nan 1" },
    { "max_of", "x[2,3]{1, 7, 3, 4, -5, 6}, axis=1", "7 6" },
    { "max_of", "x[2,3]{1, 7, 3, 4, -5, 6}, axis=0, keep=1", "4 7 6" },
    { "max_of", "x[2,2]{nan, 1, 2, 3}, axis=1", "nan 3" },
    { "max_of", "x[1,0], axis=1", "-inf" },
    { "max_pool", "x[1,1,2,4]{1, 5, 2, 2, -3, 4, 7, 2}, kernel=2", "5 7" },
    { "max_pool", "x[1,1,3]{-1, -2, nan}, kernel=3, stride=2, pad=1", "-1 nan" },
    { "max_pool_dx", "x[1,1,2,4]{1, 5, 2, 7, -3, 5, 7, 2}, dy[1,1,1,2]{10, 20}, kernel=2, stride=2",
      "0 10 0 20 0 0 0 0" },
    { "max_pool_dx", "x[1,1,4]{1, 3, 3, 0}, dy[1,1,3]{1, 2, 4}, kernel=2, stride=1", "0 3 4 0" },
    { "mean", "x[2,3]{1, 2, 3, 4, 5, 9}, axis=1", "2 6" },
    { "mean", "x[2,3]{1, 2, 3, 4, 5, 9}", "4" },
    { "mean", "x[0]", "nan" },
    { "min", "a{-2, 1, 3, 0.5}, b{1, 1, -4, 0.25}", "-2 1 -4 0.25" },
    { "min", "a:i32[2,1]{-5, 7}, b:i32{3, -2, 7}", "-5 -5 -5 3 -2 7" },
    { "min", "a{nan, 1, 1}, b{1, nan, 1}", "nan nan 1" },
    { "min_of", "x[2,3]{1, 7, 3, 4, -5, 6}, axis=1", "1 -5" },
    { "min_of", "x[2,3]{1, 7, 3, 4, -5, 6}, axis=0, keep=1", "1 -5 3" },
    { "min_of", "x[2,2]{1, nan, 2, 3}, axis=1", "nan 2" },
    { "min_of", "x[1,0], axis=1", "inf" },
    { "mse", "a{1, 2, 4}, b{1, 0, 1}", "4.333333333333333" },
    { "mul", "a{-2, 1, 3, 0.5}, b{1, 1, -4, 0.25}", "-2 1 -12 0.125" },
    { "mul", "a:i32[2,1]{-5, 7}, b:i32{3, -2, 7}", "-15 10 -35 21 -14 49" },
    { "neg", "x{-2.5, -1, -0.25, 0, 0.5, 1, 3}", "2.5 1 0.25 0 -0.5 -1 -3" },
    { "not_equal", "a{-2, 1, 3, 0.5}, b{1, 1, -4, 0.25}", "1 0 1 1" },
    { "not_equal", "a{nan, 1}, b{nan, 1}", "1 0" },
    { "pad", "x[2,2]{1, 2, 3, 4}, axis=1, before=1, after=2, value=9", "9 1 2 9 9 9 3 4 9 9" },
    { "pad", "x[2,2]{1, 2, 3, 4}, axis=0, before=0, after=1, value=-1", "1 2 3 4 -1 -1" },
    { "permute", "x[2,3]{1, 2, 3, 4, 5, 6}, axes=1x0", "1 4 2 5 3 6" },
    { "permute",
      "x[2,3,4]{0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23, 100, 101, 102, 103, 110, 111, 112, 113, 120, 121, 122, "
      "123}, axes=2x0x1",
      "0 10 20 100 110 120 1 11 21 101 111 121 2 12 22 102 112 122 3 13 23 103 113 123" },
    { "pow", "a{2, 3, 0.5, 0, -2, 4}, b{3, 0.5, -2, 0, 2, 1.5}", "8 1.7320508075688772 4 1 4 8" },
    { "pow", "a{-8}, b{0.5}", "nan" },
    { "rearrange", "x[1,2,4]{1, 2, 3, 4, 5, 6, 7, 8}, lengths=2x2, pattern=b t (h d) -> b h t d", "1 2 5 6 3 4 7 8" },
    { "rearrange", "x[1,2,4]{1, 2, 3, 4, 5, 6, 7, 8}, lengths=-1x2, pattern=b t (h d) -> h b (t d)",
      "1 2 5 6 3 4 7 8" },
    { "rearrange", "x[1,2,4]{1, 2, 3, 4, 5, 6, 7, 8}, lengths=2x2, pattern=b t (h d) -> b d (h t)", "1 5 3 7 2 6 4 8" },
    { "reciprocal", "x{0.25, 0.5, 1, 2, 7.5}", "4 2 1 0.5 0.13333333333333333" },
    { "reciprocal", "x{0, inf}", "inf 0" },
    { "relu", "x{-2.5, -1, -0.25, 0, 0.5, 1, 3}", "0 0 0 0 0.5 1 3" },
    { "relu", "x{nan, -inf, inf}", "nan 0 inf" },
    { "reshape", "x[2,3]{1, 2, 3, 4, 5, 6}, to=3x2", "1 2 3 4 5 6" },
    { "select", "c:bool{1, 0, 1}, a{1, 2, 3}, b{10, 20, 30}", "1 20 3" },
    { "select", "c:bool[2,1]{1, 0}, a[3]{1, 2, 3}, b[]{-1}", "1 2 3 -1 -1 -1" },
    { "sigmoid", "x{-2.5, -1, -0.25, 0, 0.5, 1, 3}",
      "0.07585818002124355 0.2689414213699951 0.43782349911420193 0.5 0.6224593312018546 0.7310585786300049 "
      "0.9525741268224334" },
    { "sigmoid", "x{-1000, 1000, nan}", "0 1 nan" },
    { "sign", "x{-2.5, -1, -0.25, 0, 0.5, 1, 3}", "-1 -1 -1 0 1 1 1" },
    { "sign", "x{nan, -inf, inf}", "nan -1 1" },
    { "silu", "x{-2.5, -1, -0.25, 0, 0.5, 1, 3}",
      "-0.18964545005310887 -0.2689414213699951 -0.10945587477855048 0 0.3112296656009273 0.7310585786300049 "
      "2.8577223804673" },
    { "silu", "x{1000, 30}", "1000 29.999999999997197" },
    { "sin", "x{-2.5, -1, -0.25, 0, 0.5, 1, 3}",
      "-0.5984721441039565 -0.8414709848078965 -0.24740395925452294 0 0.479425538604203 0.8414709848078965 "
      "0.1411200080598672" },
    { "slice",
      "x[2,3,4]{0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23, 100, 101, 102, 103, 110, 111, 112, 113, 120, 121, 122, "
      "123}, axis=1, start=1, length=2",
      "10 11 12 13 20 21 22 23 110 111 112 113 120 121 122 123" },
    { "slice", "x[2,3]{1, 2, 3, 4, 5, 6}, axis=-1, start=1", "2 3 5 6" },
    { "softmax", "x{1, 2, 3}, axis=0", "0.09003057317038046 0.24472847105479764 0.6652409557748219" },
    { "softmax", "x[2,2]{1000, 1000, -1000, 1}, axis=1", "0.5 0.5 0 1" },
    { "softmax", "x[2,2]{0, 1, 2, 1}, axis=0", "0.11920292202211755 0.5 0.8807970779778823 0.5" },
    { "softplus", "x{-2.5, -1, -0.25, 0, 0.5, 1, 3}",
      "0.07888973429254963 0.31326168751822286 0.5759394198788436 0.6931471805599453 0.9740769841801067 "
      "1.3132616875182228 3.048587351573742" },
    { "softplus", "x{-1000, 1000, nan, 40}", "0 1000 nan 40" },
    { "sqrt", "x{0.25, 0.5, 1, 2, 7.5}", "0.5 0.7071067811865476 1 1.4142135623730951 2.7386127875258306" },
    { "sqrt", "x{0, -1, inf}", "0 nan inf" },
    { "square", "x{-2.5, -1, -0.25, 0, 0.5, 1, 3}", "6.25 1 0.0625 0 0.25 1 9" },
    { "stop", "x{-2.5, -1, -0.25, 0, 0.5, 1, 3}", "-2.5 -1 -0.25 0 0.5 1 3" },
    { "sub", "a{-2, 1, 3, 0.5}, b{1, 1, -4, 0.25}", "-3 0 7 0.25" },
    { "sub", "a:i32[2,1]{-5, 7}, b:i32{3, -2, 7}", "-8 -3 -12 4 9 0" },
    { "sub", "a[2,1]{1, 2}, b[3]{10, 20, 30}", "-9 -19 -29 -8 -18 -28" },
    { "sum", "x[2,3]{1, 2, 3, 4, 5, 6}, axis=1", "6 15" },
    { "sum", "x[2,3]{1, 2, 3, 4, 5, 6}, axis=0, keep=1", "5 7 9" },
    { "sum", "x[2,3]{1, 2, 3, 4, 5, 6}", "21" },
    { "sum", "x[2,2,2]{1, 2, 3, 4, 5, 6, 7, 8}, axes=0x2", "14 22" },
    { "sum", "x[0,3], axis=0", "0 0 0" },
    { "sum", "x:i32[2,2]{1, 2, 3, 4}, axis=-1", "3 7" },
    { "surrogate", "y{1, 2}, smooth{5, 6}", "1 2" },
    { "take", "x[2,3]{1, 2, 3, 4, 5, 6}, i:i32{2, 0}", "3 4" },
    { "take", "x{5, 6, 7}, i:i64[]{1}", "6" },
    { "tanh", "x{-2.5, -1, -0.25, 0, 0.5, 1, 3}",
      "-0.9866142981514303 -0.7615941559557649 -0.24491866240370913 0 0.46211715726000974 0.7615941559557649 "
      "0.9950547536867305" },
    { "tanh", "x{-1000, 1000, nan}", "-1 1 nan" },
    { "window", "x[1,1,4,4]{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, kernel=2, stride=2",
      "1 2 5 6 3 4 7 8 9 10 13 14 11 12 15 16" },
    { "window", "x[1,1,4,4]{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, kernel=3, stride=2, pad=1",
      "0 0 0 0 1 2 0 5 6 0 0 0 2 3 4 6 7 8 0 5 6 0 9 10 0 13 14 6 7 8 10 11 12 14 15 16" },
    { "window", "x[1,1,4,4]{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, kernel=2, dilation=3",
      "1 4 13 16" },
    /* lines by index: numpy's take, add.at and maximum.at */
    { "gather", "x[3,2]{1, 2.5, 4, 5.5, 7, 8.5}, i:i32[4]{2, 0, 2, 1}, axis=0", "7 8.5 1 2.5 7 8.5 4 5.5" },
    { "gather", "x[2,3,2]{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, i:i64[2,2]{2, 0, 1, 1}, axis=1",
      "5 6 1 2 3 4 3 4 11 12 7 8 9 10 9 10" },
    { "gather", "x[3,2]{1, 2.5, 4, 5.5, 7, 8.5}, i:i32[]{1}, axis=-1", "2.5 5.5 8.5" },
    { "scatter_add", "x[4,2]{1, 2, 3, 4, 5, 6, 7, 8}, i:i32[4]{2, 0, 2, 3}, axis=0, count=5", "3 4 0 0 6 8 7 8 0 0" },
    { "scatter_add", "x[2,2,2]{0, 1, 2, 3, 4, 5, 6, 7}, i:i64[2,2]{0, 2, 2, 2}, axis=-1, count=3", "0 0 6 4 0 18" },
    { "segment_sum", "x[4,2]{1, 2, 3, 4, 5, 6, 7, 8}, s:i32[4]{2, 0, 2, 3}, count=4", "3 4 0 0 6 8 7 8" },
    { "segment_mean", "x[4,2]{1, 2, 3, 4, 5, 6, 7, 8}, s:i32[4]{2, 0, 2, 3}, count=4", "3 4 0 0 3 4 7 8" },
    { "segment_max", "x[4,2]{-1, 2, 3, -4, -5, 6, 7, 8}, s:i32[4]{2, 0, 2, 3}, count=4", "3 -4 0 0 -1 6 7 8" },
    { "segment_max", "x{nan, 1, 2, -inf, 3}, s:i32{0, 0, 1, 3, 1}, count=5", "nan 3 0 -inf 0" },
    { "segment_argmax", "x{5, 1, 7, 7, nan, 3, nan}, s:i32{2, 0, 0, 0, 3, 3, 3}, count=5", "2 -1 0 4 -1" },
    { "segment_softmax", "x[5]{1, 2, 3, 1000, 0.5}, s:i32[5]{1, 0, 1, 2, 1}, count=4",
      "0.11116562230242114 1 0.8214090194651259 1 0.06742535823245292" },
    { "coo_matmul",
      "r:i32[4]{2, 0, 2, 2}, c:i32[4]{1, 3, 1, 0}, v[4]{2, -1, 0.5, 4}, x[4,2]{1, 2, 3, 5, 7, 11, 13, 17}, rows=3",
      "-13 -17 0 0 11.5 20.5" },
    { "csr_matmul",
      "p:i32[4]{0, 2, 2, 5}, c:i64[5]{1, 3, 0, 1, 1}, v[5]{2, -1, 0.5, 4, 1}, x[4,2]{1, 2, 3, 5, 7, 11, 13, 17}",
      "-7 -7 0 0 15.5 26" },
    { "csr_rows", "p:i64[4]{0, 2, 2, 5}, values=5", "0 0 2 2 2" },
    { "read", "x[2,3,2]{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, s:i32[]{1}, axis=1, length=2", "3 4 5 6 9 10 11 12" },
    { "read", "x[2,3,2]{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, s:i64[2]{2, 0}, axis=1, length=1", "5 6 7 8" },
    { "write",
      "x[2,3,2]{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, s:i32[]{1}, p[2,2,2]{0, -1, -2, -3, -4, -5, -6, -7}, axis=1",
      "1 2 0 -1 -2 -3 7 8 -4 -5 -6 -7" },
    { "write", "x[2,3,2]{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, s:i64[2]{2, 0}, p[2,1,2]{20, 21, 30, 31}, axis=1",
      "1 2 3 4 20 21 30 31 9 10 11 12" },
    { "mask_of_lengths", "l:i32[3]{2, 0, 3}, T=3", "1 0 1 1 0 1 0 0 1" },
    { "mask_of_lengths", "l:i64{-5, 9}, T=2", "0 1 0 1" },
    { "mask_of_lengths", "l:i32{0, 2}", "0 1" },
    { "gather", "x{5, 6, 7}, i:i32{2, 0}", "7 5" },
    { "scatter_add", "x{5, 6}, i:i32{0, 0}", "11" },
    { "segment_sum", "x{5, 6}, s:i32{0, 0}", "11" },
    { "segment_mean", "x{5, 6}, s:i32{0, 0}", "5.5" },
    { "segment_max", "x{5, 6}, s:i32{0, 0}", "6" },
    { "segment_argmax", "x{5, 6}, s:i32{0, 0}", "1" },
    { "coo_matmul", "r:i32{0}, c:i32{1}, v{2}, x{3, 4}", "8" },
    { "csr_rows", "p:i32{0, 0, 1}", "1" },
    { "read", "x{5, 6, 7}, s:i32[]{1}", "6" },
    { "write", "x[2,2]{5, 6, 7, 8}, s:i32[]{1}, p[1,2]{1, 2}", "5 6 1 2" },
    { "cross_entropy_masked", "x[3,3]{1, 2, 3, 0, 0, 0, 5, 1, 1}, i:i32[3]{0, 77, 1}, m:bool[3]{1, 0, 1}",
      "3.2217911320962864" },
    { "cross_entropy_masked", "x[1,2,3]{1, 2, 3, 0, 0, 0}, i:i32[1,2]{0, 2}, m:bool[1,2]{1, 1}", "1.7531091265562448" },
    { "cross_entropy_masked", "x[2,2]{1, 2, 3, 4}, i:i32{-1, 9}, m:bool{0, 0}", "0" },
};

/* the gradient of the sum by the first real input, where a rule had to choose */
static const known_row known_slopes[] = {
    { "abs", "x{-2, 0, 3}", "-1 0 1" },
    { "det", "a[2,2]{1, 2, 2, 4}", "4 -2 -2 1" },
    { "det", "a[3,3]{0, 0, 0, 0, 0, 0, 0, 0, 0}", "0 0 0 0 0 0 0 0 0" },
    { "cholesky", "a[1,1]{4}", "0.25" },
    { "matrix_norm", "a[2,2]{0, 0, 0, 0}", "0 0 0 0" },
    { "matrix_norm", "a[2,2]{3, 0, 0, 3}, ord=nuc", "1 0 0 1" },
    { "matrix_norm", "a[2,2]{3, 0, 0, 0}, ord=2", "1 0 0 0" },
    { "eigvalsh", "a[2,2]{2, 0, 0, 2}", "1 0 0 1" },
    { "svdvals", "a[2,2]{2, 0, 0, 2}", "1 0 0 1" },
    { "slogdet", "a[2,2]{1, 2, 3, 4}", "0 0 0 0" },
    { "pinv", "a[1,2]{0, 0}", "0 0" },
    { "solve", "a[1,1]{2}, b{4}", "-1" },
    { "inv", "a[1,1]{2}", "-0.25" },
    { "matrix_exp", "a[2,2]{0, 0, 0, 0}", "1 1 1 1" },
    { "relu", "x{-1, 0, 2}", "0 0 1" },
    { "leaky_relu", "x{-1, 0, 2}, slope=0.25", "0.25 0.25 1" },
    { "sqrt", "x{0, 4}", "inf 0.25" },
    { "pow", "a{0, 0, 2, 0}, b{0, 1, 0, 2}", "0 1 0 0" },
    { "max", "a{1, 2, 2}, b{3, 1, 2}", "0 1 0.5" },
    { "min", "a{1, 2, 2}, b{3, 1, 2}", "1 0 0.5" },
    { "max_of", "x{1, 3, 3, 2}, axis=0", "0 1 0 0" },
    { "min_of", "x{1, 3, 1, 2}, axis=0", "1 0 0 0" },
    { "max_pool", "x[1,1,2,2]{4, 4, 4, 4}, kernel=2", "1 0 0 0" },
    { "select", "c:bool{1, 0}, a{inf, inf}, b{1, 2}", "1 0" },
    { "cast", "x{1.5, -2}, type=f32", "1 1" },
    { "softplus", "x{-1000, 1000}", "0 1" },
    { "sigmoid", "x{-1000, 1000}", "0 0" },
    { "tanh", "x{-1000, 1000}", "0 0" },
    { "silu", "x{-1000, 1000}", "0 1" },
    { "gelu", "x{-1000, 0, 1000}", "0 0.5 1" },
    { "bce_logits", "x{1000, -1000}, t{1, 0}", "0 0" },
    { "log_softmax", "x{1000, 0}, axis=0", "-1 1" },
    { "cross_entropy", "x[1,2]{1000, 0}, i:i32{1}", "1 -1" },
    { "segment_max", "x{1, 3, 2, 3, 5}, s:i32{0, 1, 0, 1, 3}, count=4", "0 1 1 0 1" },
    { "cross_entropy_masked", "x[2,2]{1000, 0, 5, 5}, i:i32{1, 9}, m:bool{1, 0}", "1 -1 0 0" },
    { "cross_entropy_masked", "x[1,2]{1, 2}, i:i32{1}, m:bool{0}", "0 0" },
};

static void known_read(const char *text, int64_t n, double *to, const op_case *c)
{
    for (int64_t i = 0; i < n; i++) {
        char *end;
        to[i] = strtod(text, &end);
        if (end == text)
            case_fails(c, "%lld values, fewer are known", (long long)n);
        text = end;
    }
    if (text[strspn(text, " ")])
        case_fails(c, "%lld values, more are known", (long long)n);
}

static void known_compare(const op_case *c, const double *got, int64_t n, const char *want, double rel, const char *how)
{
    double *known = calloc((size_t)n + 1, sizeof *known);
    assert_non_null(known);
    known_read(want, n, known, c);
    for (int64_t i = 0; i < n; i++) {
        double slack = isfinite(known[i]) ? rel * fabs(known[i]) : 0;
        if (isnan(known[i]) ? !isnan(got[i]) : !(got[i] == known[i] || fabs(got[i] - known[i]) <= slack))
            case_fails(c, "%s, %s: element %lld is %.17g, it should be %.17g", c->op->name, how, (long long)i, got[i],
                       known[i]);
    }
    free(known);
}

static void known_compiled(const op_case *c, const case_graph *t, nrv_tensor y, const char *want, double rel,
                           const char *cpu)
{
    nrv_plan *p = nrv_compile(t->g, &(nrv_compile_opt){ .cpu = cpu });
    nrv_exec *e = nrv_exec_new(p, t->s, NULL);
    void *memory[CASE_INPUTS] = { NULL };
    for (int i = 0; i < c->n_x; i++) {
        size_t bytes = (size_t)c->x[i].n * nrv__dtype_size(c->x[i].type);
        memory[i] = malloc(bytes + 1);
        assert_non_null(memory[i]);
        nrv__from_double(memory[i], c->x[i].type, c->x[i].value, c->x[i].n);
        nrv_bind_in(e, c->x[i].name, memory[i], bytes);
    }
    if (nrv_run(e) != NRV_OK)
        case_fails(c, "%s: %s", cpu, nrv_why(e));
    size_t bytes = 0;
    const void *raw = nrv_value(e, "y", &bytes);
    int64_t n = (int64_t)(bytes / nrv__dtype_size(y->type));
    double *got = calloc((size_t)n + 1, sizeof *got);
    assert_true(raw != NULL && got != NULL);
    nrv__to_double(got, raw, y->type, n);
    known_compare(c, got, n, want, rel, cpu);
    free(got);
    for (int i = 0; i < c->n_x; i++)
        free(memory[i]);
    nrv_exec_free(e);
    nrv_plan_free(p);
}

static void known_row_holds(const nrv__opdef *op, const known_row *row, bool slope, nrv_dtype real)
{
    op_case c;
    char tiers[128];
    double rel = real == NRV_F64 ? 1e-14 : 1e-6;
    if (!case_read(&c, op, row->text, real))
        fail_msg("%s: %s", row->text, c.wrong);
    case_graph t = case_trace(&c, 0);
    nrv_tensor y = t.y;
    int64_t n = 0;
    int k = 0;
    while (slope && !nrv__dtype_real(c.x[k].type))
        k++;
    if (slope)
        nrv_grad(nrv_sum_all(nrv_cast(t.y, real)), NULL, 1, &t.x[k], &y);
    double *got = case_value(y, &n);
    if (!got)
        case_fails(&c, "no value: %s", nrv_graph_why(t.g));
    known_compare(&c, got, n, row->want, rel, "eager");
    free(got);
    nrv_output(t.g, "y", y);
    snprintf(tiers, sizeof tiers, "%s", nrv_tiers());
    for (char *at = strtok(tiers, " "); at; at = strtok(NULL, " "))
        known_compiled(&c, &t, y, row->want, real == NRV_F64 ? 1e-12 : 4e-6, at);
    case_graph_free(&t);
    case_free(&c);
}

static void known_row_of(const nrv__opdef *op, const known_row *row, bool slope)
{
    known_row_holds(op, row, slope, NRV_F64);
    known_row_holds(op, row, slope, NRV_F32);
}

static void values_are_known(void **state)
{
    const nrv__opdef *op = *state;
    int rows = 0;
    for (size_t i = 0; i < sizeof known_values / sizeof *known_values; i++)
        if (!strcmp(known_values[i].op, op->name)) {
            known_row_of(op, &known_values[i], false);
            rows++;
        }
    if (!rows && !(op->flags & (NRV_LEAF | NRV_RANDOM))) {
        print_message("no known values for %s: a row in test_known.c would hold it\n", op->name);
        skip();
    }
}

static void slopes_are_known(void **state)
{
    const nrv__opdef *op = *state;
    for (size_t i = 0; i < sizeof known_slopes / sizeof *known_slopes; i++)
        if (!strcmp(known_slopes[i].op, op->name))
            known_row_of(op, &known_slopes[i], true);
}

static void rows_name_ops(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof known_values / sizeof *known_values; i++)
        if (!nrv__op_find(known_values[i].op, strlen(known_values[i].op)))
            fail_msg("no op is named %s", known_values[i].op);
    for (size_t i = 0; i < sizeof known_slopes / sizeof *known_slopes; i++)
        if (!nrv__op_find(known_slopes[i].op, strlen(known_slopes[i].op)))
            fail_msg("no op is named %s", known_slopes[i].op);
}

int main(void)
{
    const struct CMUnitTest rows[] = { cmocka_unit_test(rows_name_ops) };
    return cmocka_run_group_tests(rows, NULL, NULL) + each_op("known values", values_are_known) +
           each_op("known slopes", slopes_are_known);
}
