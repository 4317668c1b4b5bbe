/* Made by tools/gen.c from the sources it names; never edited by hand. */
#include "../nn/layer.h"
#include "../ops/op.h"
#include "../optim/optim.h"

extern const nrv__opdef nrv__op_again;
extern const nrv__opdef nrv__op_attention;
extern const nrv__opdef nrv__op_attention_weights;
extern const nrv__opdef nrv__op_multi_head_attention;
extern const nrv__opdef nrv__op_sinusoidal_positions;
extern const nrv__opdef nrv__op_alibi;
extern const nrv__opdef nrv__op_relative_scores;
extern const nrv__opdef nrv__op_relative_values;
extern const nrv__opdef nrv__op_relative_buckets;
extern const nrv__opdef nrv__op_rotary;
extern const nrv__opdef nrv__op_transformer_encoder_layer;
extern const nrv__opdef nrv__op_transformer_decoder_layer;
extern const nrv__opdef nrv__op_log_softmax;
extern const nrv__opdef nrv__op_softmax;
extern const nrv__opdef nrv__op_each;
extern const nrv__opdef nrv__op_turn;
extern const nrv__opdef nrv__op_carry;
extern const nrv__opdef nrv__op_scan;
extern const nrv__opdef nrv__op_while;
extern const nrv__opdef nrv__op_if;
extern const nrv__opdef nrv__op_stacked;
extern const nrv__opdef nrv__op_last;
extern const nrv__opdef nrv__op_either;
extern const nrv__opdef nrv__op_conv;
extern const nrv__opdef nrv__op_conv_dx;
extern const nrv__opdef nrv__op_conv_dw;
extern const nrv__opdef nrv__op_window;
extern const nrv__opdef nrv__op_fold;
extern const nrv__opdef nrv__op_cotangent;
extern const nrv__opdef nrv__op_count_turn;
extern const nrv__opdef nrv__op_gather;
extern const nrv__opdef nrv__op_iota;
extern const nrv__opdef nrv__op_mask_of_lengths;
extern const nrv__opdef nrv__op_read;
extern const nrv__opdef nrv__op_scatter_add;
extern const nrv__opdef nrv__op_segment_max;
extern const nrv__opdef nrv__op_segment_argmax;
extern const nrv__opdef nrv__op_segment_mean;
extern const nrv__opdef nrv__op_segment_softmax;
extern const nrv__opdef nrv__op_segment_sum;
extern const nrv__opdef nrv__op_take;
extern const nrv__opdef nrv__op_write;
extern const nrv__opdef nrv__op_pairwise_distance;
extern const nrv__opdef nrv__op_cdist;
extern const nrv__opdef nrv__op_pdist;
extern const nrv__opdef nrv__op_cosine_similarity;
extern const nrv__opdef nrv__op_dropout;
extern const nrv__opdef nrv__op_dropout_channels;
extern const nrv__opdef nrv__op_alpha_dropout;
extern const nrv__opdef nrv__op_feature_alpha_dropout;
extern const nrv__opdef nrv__op_linear;
extern const nrv__opdef nrv__op_bilinear;
extern const nrv__opdef nrv__op_identity;
extern const nrv__opdef nrv__op_input;
extern const nrv__opdef nrv__op_param;
extern const nrv__opdef nrv__op_local;
extern const nrv__opdef nrv__op_run_counter;
extern const nrv__opdef nrv__op_constant;
extern const nrv__opdef nrv__op_fill;
extern const nrv__opdef nrv__op_dim_value;
extern const nrv__opdef nrv__op_coo_matmul;
extern const nrv__opdef nrv__op_csr_rows;
extern const nrv__opdef nrv__op_csr_matmul;
extern const nrv__opdef nrv__op_matmul;
extern const nrv__opdef nrv__op_bce;
extern const nrv__opdef nrv__op_bce_logits;
extern const nrv__opdef nrv__op_cross_entropy;
extern const nrv__opdef nrv__op_cross_entropy_masked;
extern const nrv__opdef nrv__op_huber;
extern const nrv__opdef nrv__op_mse;
extern const nrv__opdef nrv__op_netlist_order;
extern const nrv__opdef nrv__op_netlist_read;
extern const nrv__opdef nrv__op_netlist_unread;
extern const nrv__opdef nrv__op_netlist_values;
extern const nrv__opdef nrv__op_netlist;
extern const nrv__opdef nrv__op_netlist_sweep;
extern const nrv__opdef nrv__op_netlist_product;
extern const nrv__opdef nrv__op_netlist_edges;
extern const nrv__opdef nrv__op_batch_norm;
extern const nrv__opdef nrv__op_batch_norm_running;
extern const nrv__opdef nrv__op_group_norm;
extern const nrv__opdef nrv__op_instance_norm;
extern const nrv__opdef nrv__op_instance_norm_running;
extern const nrv__opdef nrv__op_layer_norm;
extern const nrv__opdef nrv__op_rms_norm;
extern const nrv__opdef nrv__op_local_response_norm;
extern const nrv__opdef nrv__op_normalize;
extern const nrv__opdef nrv__op_renorm;
extern const nrv__opdef nrv__op_weight_norm;
extern const nrv__opdef nrv__op_spectral_norm;
extern const nrv__opdef nrv__op_abs;
extern const nrv__opdef nrv__op_add;
extern const nrv__opdef nrv__op_cast;
extern const nrv__opdef nrv__op_cos;
extern const nrv__opdef nrv__op_div;
extern const nrv__opdef nrv__op_equal;
extern const nrv__opdef nrv__op_erf;
extern const nrv__opdef nrv__op_exp;
extern const nrv__opdef nrv__op_gelu;
extern const nrv__opdef nrv__op_greater;
extern const nrv__opdef nrv__op_greater_equal;
extern const nrv__opdef nrv__op_leaky_relu;
extern const nrv__opdef nrv__op_less;
extern const nrv__opdef nrv__op_less_equal;
extern const nrv__opdef nrv__op_log;
extern const nrv__opdef nrv__op_max;
extern const nrv__opdef nrv__op_min;
extern const nrv__opdef nrv__op_mul;
extern const nrv__opdef nrv__op_neg;
extern const nrv__opdef nrv__op_not_equal;
extern const nrv__opdef nrv__op_pow;
extern const nrv__opdef nrv__op_reciprocal;
extern const nrv__opdef nrv__op_relu;
extern const nrv__opdef nrv__op_select;
extern const nrv__opdef nrv__op_sigmoid;
extern const nrv__opdef nrv__op_sign;
extern const nrv__opdef nrv__op_silu;
extern const nrv__opdef nrv__op_sin;
extern const nrv__opdef nrv__op_softplus;
extern const nrv__opdef nrv__op_sqrt;
extern const nrv__opdef nrv__op_square;
extern const nrv__opdef nrv__op_sub;
extern const nrv__opdef nrv__op_tanh;
extern const nrv__opdef nrv__op_avg_pool;
extern const nrv__opdef nrv__op_max_pool;
extern const nrv__opdef nrv__op_max_pool_dx;
extern const nrv__opdef nrv__op_categorical;
extern const nrv__opdef nrv__op_permutation;
extern const nrv__opdef nrv__op_poisson;
extern const nrv__opdef nrv__op_uniform;
extern const nrv__opdef nrv__op_max_of;
extern const nrv__opdef nrv__op_min_of;
extern const nrv__opdef nrv__op_argmax;
extern const nrv__opdef nrv__op_argmin;
extern const nrv__opdef nrv__op_mean;
extern const nrv__opdef nrv__op_sum;
extern const nrv__opdef nrv__op_rnn_cell;
extern const nrv__opdef nrv__op_gru_cell;
extern const nrv__opdef nrv__op_lstm_cell;
extern const nrv__opdef nrv__op_rnn;
extern const nrv__opdef nrv__op_lstm;
extern const nrv__opdef nrv__op_gru;
extern const nrv__opdef nrv__op_broadcast;
extern const nrv__opdef nrv__op_concat;
extern const nrv__opdef nrv__op_copy;
extern const nrv__opdef nrv__op_pad;
extern const nrv__opdef nrv__op_permute;
extern const nrv__opdef nrv__op_rearrange;
extern const nrv__opdef nrv__op_reshape;
extern const nrv__opdef nrv__op_slice;
extern const nrv__opdef nrv__op_stop;
extern const nrv__opdef nrv__op_surrogate;
extern const nrv__layer nrv__layer_relu;
extern const nrv__layer nrv__layer_tanh;
extern const nrv__layer nrv__layer_sigmoid;
extern const nrv__layer nrv__layer_gelu;
extern const nrv__layer nrv__layer_silu;
extern const nrv__layer nrv__layer_softplus;
extern const nrv__layer nrv__layer_leaky_relu;
extern const nrv__layer nrv__layer_softmax;
extern const nrv__layer nrv__layer_batch_norm;
extern const nrv__layer nrv__layer_conv2d;
extern const nrv__layer nrv__layer_conv2d_transposed;
extern const nrv__layer nrv__layer_dropout;
extern const nrv__layer nrv__layer_dropout_channels;
extern const nrv__layer nrv__layer_alpha_dropout;
extern const nrv__layer nrv__layer_feature_alpha_dropout;
extern const nrv__layer nrv__layer_flatten;
extern const nrv__layer nrv__layer_identity;
extern const nrv__layer nrv__layer_group_norm;
extern const nrv__layer nrv__layer_instance_norm;
extern const nrv__layer nrv__layer_layer_norm;
extern const nrv__layer nrv__layer_rms_norm;
extern const nrv__layer nrv__layer_linear;
extern const nrv__layer nrv__layer_parallel;
extern const nrv__layer nrv__layer_max_pool;
extern const nrv__layer nrv__layer_avg_pool;
extern const nrv__layer nrv__layer_avg_pool_global;
extern const nrv__layer nrv__layer_repeat;
extern const nrv__layer nrv__layer_residual;
extern const nrv__optim nrv__optim_adam;
extern const nrv__optim nrv__optim_adamw;
extern const nrv__optim nrv__optim_sgd;
#ifdef NRV__HAVE_AVX512
extern const nrv__kernel nrv__kernel_conv_avx512;
extern const nrv__kernel nrv__kernel_conv_dx_avx512;
extern const nrv__kernel nrv__kernel_conv_dw_avx512;
#endif
#ifdef NRV__HAVE_AVX2
extern const nrv__kernel nrv__kernel_conv_avx2;
extern const nrv__kernel nrv__kernel_conv_dx_avx2;
extern const nrv__kernel nrv__kernel_conv_dw_avx2;
#endif
extern const nrv__kernel nrv__kernel_conv_baseline;
extern const nrv__kernel nrv__kernel_conv_dx_baseline;
extern const nrv__kernel nrv__kernel_conv_dw_baseline;
#ifdef NRV__HAVE_AVX512
extern const nrv__kernel nrv__kernel_copy_avx512;
#endif
#ifdef NRV__HAVE_AVX2
extern const nrv__kernel nrv__kernel_copy_avx2;
#endif
extern const nrv__kernel nrv__kernel_copy_baseline;
#ifdef NRV__HAVE_AVX512
extern const nrv__kernel nrv__kernel_gemm_avx512;
#endif
#ifdef NRV__HAVE_AVX2
extern const nrv__kernel nrv__kernel_gemm_avx2;
#endif
extern const nrv__kernel nrv__kernel_gemm_baseline;
#ifdef NRV__HAVE_AVX512
extern const nrv__kernel nrv__kernel_concat_avx512;
extern const nrv__kernel nrv__kernel_fill_avx512;
#endif
#ifdef NRV__HAVE_AVX2
extern const nrv__kernel nrv__kernel_concat_avx2;
extern const nrv__kernel nrv__kernel_fill_avx2;
#endif
extern const nrv__kernel nrv__kernel_concat_baseline;
extern const nrv__kernel nrv__kernel_fill_baseline;
#ifdef NRV__HAVE_AVX512
extern const nrv__kernel nrv__kernel_gather_avx512;
extern const nrv__kernel nrv__kernel_take_avx512;
extern const nrv__kernel nrv__kernel_scatter_add_avx512;
extern const nrv__kernel nrv__kernel_segment_max_avx512;
extern const nrv__kernel nrv__kernel_csr_matmul_avx512;
extern const nrv__kernel nrv__kernel_read_avx512;
extern const nrv__kernel nrv__kernel_write_avx512;
#endif
#ifdef NRV__HAVE_AVX2
extern const nrv__kernel nrv__kernel_gather_avx2;
extern const nrv__kernel nrv__kernel_take_avx2;
extern const nrv__kernel nrv__kernel_scatter_add_avx2;
extern const nrv__kernel nrv__kernel_segment_max_avx2;
extern const nrv__kernel nrv__kernel_csr_matmul_avx2;
extern const nrv__kernel nrv__kernel_read_avx2;
extern const nrv__kernel nrv__kernel_write_avx2;
#endif
extern const nrv__kernel nrv__kernel_gather_baseline;
extern const nrv__kernel nrv__kernel_take_baseline;
extern const nrv__kernel nrv__kernel_scatter_add_baseline;
extern const nrv__kernel nrv__kernel_segment_max_baseline;
extern const nrv__kernel nrv__kernel_csr_matmul_baseline;
extern const nrv__kernel nrv__kernel_read_baseline;
extern const nrv__kernel nrv__kernel_write_baseline;
#ifdef NRV__HAVE_AVX512
extern const nrv__kernel nrv__kernel_netlist_values_avx512;
extern const nrv__kernel nrv__kernel_netlist_sweep_avx512;
extern const nrv__kernel nrv__kernel_netlist_product_avx512;
extern const nrv__kernel nrv__kernel_netlist_edges_avx512;
extern const nrv__kernel nrv__kernel_netlist_read_avx512;
extern const nrv__kernel nrv__kernel_netlist_unread_avx512;
#endif
#ifdef NRV__HAVE_AVX2
extern const nrv__kernel nrv__kernel_netlist_values_avx2;
extern const nrv__kernel nrv__kernel_netlist_sweep_avx2;
extern const nrv__kernel nrv__kernel_netlist_product_avx2;
extern const nrv__kernel nrv__kernel_netlist_edges_avx2;
extern const nrv__kernel nrv__kernel_netlist_read_avx2;
extern const nrv__kernel nrv__kernel_netlist_unread_avx2;
#endif
extern const nrv__kernel nrv__kernel_netlist_values_baseline;
extern const nrv__kernel nrv__kernel_netlist_sweep_baseline;
extern const nrv__kernel nrv__kernel_netlist_product_baseline;
extern const nrv__kernel nrv__kernel_netlist_edges_baseline;
extern const nrv__kernel nrv__kernel_netlist_read_baseline;
extern const nrv__kernel nrv__kernel_netlist_unread_baseline;
#ifdef NRV__HAVE_AVX512
extern const nrv__point nrv__points_pointwise_avx512[];
#endif
#ifdef NRV__HAVE_AVX2
extern const nrv__point nrv__points_pointwise_avx2[];
#endif
extern const nrv__point nrv__points_pointwise_baseline[];
#ifdef NRV__HAVE_AVX512
extern const nrv__kernel nrv__kernel_max_pool_avx512;
extern const nrv__kernel nrv__kernel_max_pool_dx_avx512;
#endif
#ifdef NRV__HAVE_AVX2
extern const nrv__kernel nrv__kernel_max_pool_avx2;
extern const nrv__kernel nrv__kernel_max_pool_dx_avx2;
#endif
extern const nrv__kernel nrv__kernel_max_pool_baseline;
extern const nrv__kernel nrv__kernel_max_pool_dx_baseline;
#ifdef NRV__HAVE_AVX512
extern const nrv__kernel nrv__kernel_uniform_avx512;
#endif
#ifdef NRV__HAVE_AVX2
extern const nrv__kernel nrv__kernel_uniform_avx2;
#endif
extern const nrv__kernel nrv__kernel_uniform_baseline;
#ifdef NRV__HAVE_AVX512
extern const nrv__kernel nrv__kernel_sum_avx512;
extern const nrv__kernel nrv__kernel_max_of_avx512;
extern const nrv__kernel nrv__kernel_min_of_avx512;
#endif
#ifdef NRV__HAVE_AVX2
extern const nrv__kernel nrv__kernel_sum_avx2;
extern const nrv__kernel nrv__kernel_max_of_avx2;
extern const nrv__kernel nrv__kernel_min_of_avx2;
#endif
extern const nrv__kernel nrv__kernel_sum_baseline;
extern const nrv__kernel nrv__kernel_max_of_baseline;
extern const nrv__kernel nrv__kernel_min_of_baseline;
#ifdef NRV__HAVE_AVX512
extern const nrv__kernel nrv__kernel_softmax_avx512;
extern const nrv__kernel nrv__kernel_log_softmax_avx512;
#endif
#ifdef NRV__HAVE_AVX2
extern const nrv__kernel nrv__kernel_softmax_avx2;
extern const nrv__kernel nrv__kernel_log_softmax_avx2;
#endif
extern const nrv__kernel nrv__kernel_softmax_baseline;
extern const nrv__kernel nrv__kernel_log_softmax_baseline;

const nrv__opdef *const nrv__ops[] = {
    &nrv__op_again,
    &nrv__op_attention,
    &nrv__op_attention_weights,
    &nrv__op_multi_head_attention,
    &nrv__op_sinusoidal_positions,
    &nrv__op_alibi,
    &nrv__op_relative_scores,
    &nrv__op_relative_values,
    &nrv__op_relative_buckets,
    &nrv__op_rotary,
    &nrv__op_transformer_encoder_layer,
    &nrv__op_transformer_decoder_layer,
    &nrv__op_log_softmax,
    &nrv__op_softmax,
    &nrv__op_each,
    &nrv__op_turn,
    &nrv__op_carry,
    &nrv__op_scan,
    &nrv__op_while,
    &nrv__op_if,
    &nrv__op_stacked,
    &nrv__op_last,
    &nrv__op_either,
    &nrv__op_conv,
    &nrv__op_conv_dx,
    &nrv__op_conv_dw,
    &nrv__op_window,
    &nrv__op_fold,
    &nrv__op_cotangent,
    &nrv__op_count_turn,
    &nrv__op_gather,
    &nrv__op_iota,
    &nrv__op_mask_of_lengths,
    &nrv__op_read,
    &nrv__op_scatter_add,
    &nrv__op_segment_max,
    &nrv__op_segment_argmax,
    &nrv__op_segment_mean,
    &nrv__op_segment_softmax,
    &nrv__op_segment_sum,
    &nrv__op_take,
    &nrv__op_write,
    &nrv__op_pairwise_distance,
    &nrv__op_cdist,
    &nrv__op_pdist,
    &nrv__op_cosine_similarity,
    &nrv__op_dropout,
    &nrv__op_dropout_channels,
    &nrv__op_alpha_dropout,
    &nrv__op_feature_alpha_dropout,
    &nrv__op_linear,
    &nrv__op_bilinear,
    &nrv__op_identity,
    &nrv__op_input,
    &nrv__op_param,
    &nrv__op_local,
    &nrv__op_run_counter,
    &nrv__op_constant,
    &nrv__op_fill,
    &nrv__op_dim_value,
    &nrv__op_coo_matmul,
    &nrv__op_csr_rows,
    &nrv__op_csr_matmul,
    &nrv__op_matmul,
    &nrv__op_bce,
    &nrv__op_bce_logits,
    &nrv__op_cross_entropy,
    &nrv__op_cross_entropy_masked,
    &nrv__op_huber,
    &nrv__op_mse,
    &nrv__op_netlist_order,
    &nrv__op_netlist_read,
    &nrv__op_netlist_unread,
    &nrv__op_netlist_values,
    &nrv__op_netlist,
    &nrv__op_netlist_sweep,
    &nrv__op_netlist_product,
    &nrv__op_netlist_edges,
    &nrv__op_batch_norm,
    &nrv__op_batch_norm_running,
    &nrv__op_group_norm,
    &nrv__op_instance_norm,
    &nrv__op_instance_norm_running,
    &nrv__op_layer_norm,
    &nrv__op_rms_norm,
    &nrv__op_local_response_norm,
    &nrv__op_normalize,
    &nrv__op_renorm,
    &nrv__op_weight_norm,
    &nrv__op_spectral_norm,
    &nrv__op_abs,
    &nrv__op_add,
    &nrv__op_cast,
    &nrv__op_cos,
    &nrv__op_div,
    &nrv__op_equal,
    &nrv__op_erf,
    &nrv__op_exp,
    &nrv__op_gelu,
    &nrv__op_greater,
    &nrv__op_greater_equal,
    &nrv__op_leaky_relu,
    &nrv__op_less,
    &nrv__op_less_equal,
    &nrv__op_log,
    &nrv__op_max,
    &nrv__op_min,
    &nrv__op_mul,
    &nrv__op_neg,
    &nrv__op_not_equal,
    &nrv__op_pow,
    &nrv__op_reciprocal,
    &nrv__op_relu,
    &nrv__op_select,
    &nrv__op_sigmoid,
    &nrv__op_sign,
    &nrv__op_silu,
    &nrv__op_sin,
    &nrv__op_softplus,
    &nrv__op_sqrt,
    &nrv__op_square,
    &nrv__op_sub,
    &nrv__op_tanh,
    &nrv__op_avg_pool,
    &nrv__op_max_pool,
    &nrv__op_max_pool_dx,
    &nrv__op_categorical,
    &nrv__op_permutation,
    &nrv__op_poisson,
    &nrv__op_uniform,
    &nrv__op_max_of,
    &nrv__op_min_of,
    &nrv__op_argmax,
    &nrv__op_argmin,
    &nrv__op_mean,
    &nrv__op_sum,
    &nrv__op_rnn_cell,
    &nrv__op_gru_cell,
    &nrv__op_lstm_cell,
    &nrv__op_rnn,
    &nrv__op_lstm,
    &nrv__op_gru,
    &nrv__op_broadcast,
    &nrv__op_concat,
    &nrv__op_copy,
    &nrv__op_pad,
    &nrv__op_permute,
    &nrv__op_rearrange,
    &nrv__op_reshape,
    &nrv__op_slice,
    &nrv__op_stop,
    &nrv__op_surrogate,
    NULL
};

const nrv__layer *const nrv__layers_all[] = {
    &nrv__layer_relu,
    &nrv__layer_tanh,
    &nrv__layer_sigmoid,
    &nrv__layer_gelu,
    &nrv__layer_silu,
    &nrv__layer_softplus,
    &nrv__layer_leaky_relu,
    &nrv__layer_softmax,
    &nrv__layer_batch_norm,
    &nrv__layer_conv2d,
    &nrv__layer_conv2d_transposed,
    &nrv__layer_dropout,
    &nrv__layer_dropout_channels,
    &nrv__layer_alpha_dropout,
    &nrv__layer_feature_alpha_dropout,
    &nrv__layer_flatten,
    &nrv__layer_identity,
    &nrv__layer_group_norm,
    &nrv__layer_instance_norm,
    &nrv__layer_layer_norm,
    &nrv__layer_rms_norm,
    &nrv__layer_linear,
    &nrv__layer_parallel,
    &nrv__layer_max_pool,
    &nrv__layer_avg_pool,
    &nrv__layer_avg_pool_global,
    &nrv__layer_repeat,
    &nrv__layer_residual,
    NULL
};

const nrv__optim *const nrv__optims[] = {
    &nrv__optim_adam,
    &nrv__optim_adamw,
    &nrv__optim_sgd,
    NULL
};

const nrv__kernel *const nrv__kernels[] = {
#ifdef NRV__HAVE_AVX512
    &nrv__kernel_conv_avx512,
    &nrv__kernel_conv_dx_avx512,
    &nrv__kernel_conv_dw_avx512,
#endif
#ifdef NRV__HAVE_AVX2
    &nrv__kernel_conv_avx2,
    &nrv__kernel_conv_dx_avx2,
    &nrv__kernel_conv_dw_avx2,
#endif
    &nrv__kernel_conv_baseline,
    &nrv__kernel_conv_dx_baseline,
    &nrv__kernel_conv_dw_baseline,
#ifdef NRV__HAVE_AVX512
    &nrv__kernel_copy_avx512,
#endif
#ifdef NRV__HAVE_AVX2
    &nrv__kernel_copy_avx2,
#endif
    &nrv__kernel_copy_baseline,
#ifdef NRV__HAVE_AVX512
    &nrv__kernel_gemm_avx512,
#endif
#ifdef NRV__HAVE_AVX2
    &nrv__kernel_gemm_avx2,
#endif
    &nrv__kernel_gemm_baseline,
#ifdef NRV__HAVE_AVX512
    &nrv__kernel_concat_avx512,
    &nrv__kernel_fill_avx512,
#endif
#ifdef NRV__HAVE_AVX2
    &nrv__kernel_concat_avx2,
    &nrv__kernel_fill_avx2,
#endif
    &nrv__kernel_concat_baseline,
    &nrv__kernel_fill_baseline,
#ifdef NRV__HAVE_AVX512
    &nrv__kernel_gather_avx512,
    &nrv__kernel_take_avx512,
    &nrv__kernel_scatter_add_avx512,
    &nrv__kernel_segment_max_avx512,
    &nrv__kernel_csr_matmul_avx512,
    &nrv__kernel_read_avx512,
    &nrv__kernel_write_avx512,
#endif
#ifdef NRV__HAVE_AVX2
    &nrv__kernel_gather_avx2,
    &nrv__kernel_take_avx2,
    &nrv__kernel_scatter_add_avx2,
    &nrv__kernel_segment_max_avx2,
    &nrv__kernel_csr_matmul_avx2,
    &nrv__kernel_read_avx2,
    &nrv__kernel_write_avx2,
#endif
    &nrv__kernel_gather_baseline,
    &nrv__kernel_take_baseline,
    &nrv__kernel_scatter_add_baseline,
    &nrv__kernel_segment_max_baseline,
    &nrv__kernel_csr_matmul_baseline,
    &nrv__kernel_read_baseline,
    &nrv__kernel_write_baseline,
#ifdef NRV__HAVE_AVX512
    &nrv__kernel_netlist_values_avx512,
    &nrv__kernel_netlist_sweep_avx512,
    &nrv__kernel_netlist_product_avx512,
    &nrv__kernel_netlist_edges_avx512,
    &nrv__kernel_netlist_read_avx512,
    &nrv__kernel_netlist_unread_avx512,
#endif
#ifdef NRV__HAVE_AVX2
    &nrv__kernel_netlist_values_avx2,
    &nrv__kernel_netlist_sweep_avx2,
    &nrv__kernel_netlist_product_avx2,
    &nrv__kernel_netlist_edges_avx2,
    &nrv__kernel_netlist_read_avx2,
    &nrv__kernel_netlist_unread_avx2,
#endif
    &nrv__kernel_netlist_values_baseline,
    &nrv__kernel_netlist_sweep_baseline,
    &nrv__kernel_netlist_product_baseline,
    &nrv__kernel_netlist_edges_baseline,
    &nrv__kernel_netlist_read_baseline,
    &nrv__kernel_netlist_unread_baseline,
#ifdef NRV__HAVE_AVX512
    &nrv__kernel_max_pool_avx512,
    &nrv__kernel_max_pool_dx_avx512,
#endif
#ifdef NRV__HAVE_AVX2
    &nrv__kernel_max_pool_avx2,
    &nrv__kernel_max_pool_dx_avx2,
#endif
    &nrv__kernel_max_pool_baseline,
    &nrv__kernel_max_pool_dx_baseline,
#ifdef NRV__HAVE_AVX512
    &nrv__kernel_uniform_avx512,
#endif
#ifdef NRV__HAVE_AVX2
    &nrv__kernel_uniform_avx2,
#endif
    &nrv__kernel_uniform_baseline,
#ifdef NRV__HAVE_AVX512
    &nrv__kernel_sum_avx512,
    &nrv__kernel_max_of_avx512,
    &nrv__kernel_min_of_avx512,
#endif
#ifdef NRV__HAVE_AVX2
    &nrv__kernel_sum_avx2,
    &nrv__kernel_max_of_avx2,
    &nrv__kernel_min_of_avx2,
#endif
    &nrv__kernel_sum_baseline,
    &nrv__kernel_max_of_baseline,
    &nrv__kernel_min_of_baseline,
#ifdef NRV__HAVE_AVX512
    &nrv__kernel_softmax_avx512,
    &nrv__kernel_log_softmax_avx512,
#endif
#ifdef NRV__HAVE_AVX2
    &nrv__kernel_softmax_avx2,
    &nrv__kernel_log_softmax_avx2,
#endif
    &nrv__kernel_softmax_baseline,
    &nrv__kernel_log_softmax_baseline,
    NULL
};

const nrv__point *const nrv__points[] = {
#ifdef NRV__HAVE_AVX512
    nrv__points_pointwise_avx512,
#endif
#ifdef NRV__HAVE_AVX2
    nrv__points_pointwise_avx2,
#endif
    nrv__points_pointwise_baseline,
    NULL
};
