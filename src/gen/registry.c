/* Made by tools/gen.c from the sources it names; never edited by hand. */
#include "../nn/layer.h"
#include "../ops/op.h"
#include "../optim/optim.h"

extern const nrv__opdef nrv__op_again;
extern const nrv__opdef nrv__op_attention;
extern const nrv__opdef nrv__op_attention_back;
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
extern const nrv__opdef nrv__op_transformer_encoder;
extern const nrv__opdef nrv__op_transformer_decoder;
extern const nrv__opdef nrv__op_transformer;
extern const nrv__opdef nrv__op_cumargmax;
extern const nrv__opdef nrv__op_cumargmin;
extern const nrv__opdef nrv__op_cummax;
extern const nrv__opdef nrv__op_cummin;
extern const nrv__opdef nrv__op_cumprod;
extern const nrv__opdef nrv__op_cumsum;
extern const nrv__opdef nrv__op_diff;
extern const nrv__opdef nrv__op_gradient;
extern const nrv__opdef nrv__op_gumbel_softmax;
extern const nrv__opdef nrv__op_linear_scan;
extern const nrv__opdef nrv__op_log_softmax;
extern const nrv__opdef nrv__op_log_softmax_dx;
extern const nrv__opdef nrv__op_logcumsumexp;
extern const nrv__opdef nrv__op_softmax;
extern const nrv__opdef nrv__op_softmax_dx;
extern const nrv__opdef nrv__op_softmax2d;
extern const nrv__opdef nrv__op_softmin;
extern const nrv__opdef nrv__op_trapezoid;
extern const nrv__opdef nrv__op_cumulative_trapezoid;
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
extern const nrv__opdef nrv__op_conv_tbc;
extern const nrv__opdef nrv__op_conv_transpose;
extern const nrv__opdef nrv__op_conv_with;
extern const nrv__opdef nrv__op_window;
extern const nrv__opdef nrv__op_overlap_add;
extern const nrv__opdef nrv__op_cotangent;
extern const nrv__opdef nrv__op_count_turn;
extern const nrv__opdef nrv__op_complex;
extern const nrv__opdef nrv__op_real;
extern const nrv__opdef nrv__op_imag;
extern const nrv__opdef nrv__op_conj;
extern const nrv__opdef nrv__op_complex_mul;
extern const nrv__opdef nrv__op_complex_abs;
extern const nrv__opdef nrv__op_complex_angle;
extern const nrv__opdef nrv__op_polar;
extern const nrv__opdef nrv__op_fftconvolve;
extern const nrv__opdef nrv__op_dct;
extern const nrv__opdef nrv__op_idct;
extern const nrv__opdef nrv__op_fft;
extern const nrv__opdef nrv__op_ifft;
extern const nrv__opdef nrv__op_fftn;
extern const nrv__opdef nrv__op_fft2;
extern const nrv__opdef nrv__op_ifftn;
extern const nrv__opdef nrv__op_ifft2;
extern const nrv__opdef nrv__op_rfftn;
extern const nrv__opdef nrv__op_rfft2;
extern const nrv__opdef nrv__op_irfftn;
extern const nrv__opdef nrv__op_irfft2;
extern const nrv__opdef nrv__op_hfftn;
extern const nrv__opdef nrv__op_hfft2;
extern const nrv__opdef nrv__op_ihfftn;
extern const nrv__opdef nrv__op_ihfft2;
extern const nrv__opdef nrv__op_rfft;
extern const nrv__opdef nrv__op_irfft;
extern const nrv__opdef nrv__op_hfft;
extern const nrv__opdef nrv__op_ihfft;
extern const nrv__opdef nrv__op_fftshift;
extern const nrv__opdef nrv__op_ifftshift;
extern const nrv__opdef nrv__op_fftfreq;
extern const nrv__opdef nrv__op_rfftfreq;
extern const nrv__opdef nrv__op_stft;
extern const nrv__opdef nrv__op_istft;
extern const nrv__opdef nrv__op_dwt;
extern const nrv__opdef nrv__op_idwt;
extern const nrv__opdef nrv__op_hann_window;
extern const nrv__opdef nrv__op_hamming_window;
extern const nrv__opdef nrv__op_blackman_window;
extern const nrv__opdef nrv__op_bartlett_window;
extern const nrv__opdef nrv__op_kaiser_window;
extern const nrv__opdef nrv__op_affine_grid;
extern const nrv__opdef nrv__op_box_iou;
extern const nrv__opdef nrv__op_box_giou;
extern const nrv__opdef nrv__op_grid_sample;
extern const nrv__opdef nrv__op_interpolate;
extern const nrv__opdef nrv__op_nms;
extern const nrv__opdef nrv__op_pixel_shuffle;
extern const nrv__opdef nrv__op_pixel_unshuffle;
extern const nrv__opdef nrv__op_channel_shuffle;
extern const nrv__opdef nrv__op_roi_align;
extern const nrv__opdef nrv__op_roi_pool;
extern const nrv__opdef nrv__op_put_along;
extern const nrv__opdef nrv__op_add_along;
extern const nrv__opdef nrv__op_reduce_along;
extern const nrv__opdef nrv__op_argsort;
extern const nrv__opdef nrv__op_sort;
extern const nrv__opdef nrv__op_msort;
extern const nrv__opdef nrv__op_topk;
extern const nrv__opdef nrv__op_kthvalue;
extern const nrv__opdef nrv__op_argsort_rows;
extern const nrv__opdef nrv__op_lexsort;
extern const nrv__opdef nrv__op_gather;
extern const nrv__opdef nrv__op_histogram;
extern const nrv__opdef nrv__op_histogramdd;
extern const nrv__opdef nrv__op_iota;
extern const nrv__opdef nrv__op_lookup;
extern const nrv__opdef nrv__op_lookup_bag;
extern const nrv__opdef nrv__op_mask_of_lengths;
extern const nrv__opdef nrv__op_masked_fill;
extern const nrv__opdef nrv__op_masked_select;
extern const nrv__opdef nrv__op_masked_scatter;
extern const nrv__opdef nrv__op_nonzero;
extern const nrv__opdef nrv__op_one_hot;
extern const nrv__opdef nrv__op_bincount;
extern const nrv__opdef nrv__op_histc;
extern const nrv__opdef nrv__op_index_add;
extern const nrv__opdef nrv__op_index_copy;
extern const nrv__opdef nrv__op_index_fill;
extern const nrv__opdef nrv__op_index_reduce;
extern const nrv__opdef nrv__op_index_put;
extern const nrv__opdef nrv__op_take_flat;
extern const nrv__opdef nrv__op_put_flat;
extern const nrv__opdef nrv__op_read;
extern const nrv__opdef nrv__op_scatter_add;
extern const nrv__opdef nrv__op_searchsorted;
extern const nrv__opdef nrv__op_bucketize;
extern const nrv__opdef nrv__op_isin;
extern const nrv__opdef nrv__op_segment_max;
extern const nrv__opdef nrv__op_segment_argmax;
extern const nrv__opdef nrv__op_segment_mean;
extern const nrv__opdef nrv__op_segment_prod;
extern const nrv__opdef nrv__op_segment_reduce;
extern const nrv__opdef nrv__op_segment_softmax;
extern const nrv__opdef nrv__op_segment_sum;
extern const nrv__opdef nrv__op_take;
extern const nrv__opdef nrv__op_take_along;
extern const nrv__opdef nrv__op_take_along_dim;
extern const nrv__opdef nrv__op_unique;
extern const nrv__opdef nrv__op_unique_consecutive;
extern const nrv__opdef nrv__op_select_scatter;
extern const nrv__opdef nrv__op_slice_scatter;
extern const nrv__opdef nrv__op_diagonal_scatter;
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
extern const nrv__opdef nrv__op_quantised_linear;
extern const nrv__opdef nrv__op_input;
extern const nrv__opdef nrv__op_param;
extern const nrv__opdef nrv__op_local;
extern const nrv__opdef nrv__op_run_counter;
extern const nrv__opdef nrv__op_constant;
extern const nrv__opdef nrv__op_fill;
extern const nrv__opdef nrv__op_dim_value;
extern const nrv__opdef nrv__op_cholesky_ex;
extern const nrv__opdef nrv__op_lu_factor_ex;
extern const nrv__opdef nrv__op_inv_ex;
extern const nrv__opdef nrv__op_solve_ex;
extern const nrv__opdef nrv__op_cholesky;
extern const nrv__opdef nrv__op_cholesky_solve;
extern const nrv__opdef nrv__op_cholesky_inverse;
extern const nrv__opdef nrv__op_coo_matmul;
extern const nrv__opdef nrv__op_cross;
extern const nrv__opdef nrv__op_csr_rows;
extern const nrv__opdef nrv__op_csr_matmul;
extern const nrv__opdef nrv__op_csr_sorted;
extern const nrv__opdef nrv__op_det;
extern const nrv__opdef nrv__op_cofactor;
extern const nrv__opdef nrv__op_slogdet;
extern const nrv__opdef nrv__op_logdet;
extern const nrv__opdef nrv__op_eig_packed;
extern const nrv__opdef nrv__op_eig;
extern const nrv__opdef nrv__op_eigvals;
extern const nrv__opdef nrv__op_eigh_packed;
extern const nrv__opdef nrv__op_eigh;
extern const nrv__opdef nrv__op_eigvalsh;
extern const nrv__opdef nrv__op_einsum;
extern const nrv__opdef nrv__op_tensordot;
extern const nrv__opdef nrv__op_kron;
extern const nrv__opdef nrv__op_ldl_packed;
extern const nrv__opdef nrv__op_ldl_factor;
extern const nrv__opdef nrv__op_ldl_factor_ex;
extern const nrv__opdef nrv__op_ldl_solve;
extern const nrv__opdef nrv__op_lu_packed;
extern const nrv__opdef nrv__op_lu_factor;
extern const nrv__opdef nrv__op_lu;
extern const nrv__opdef nrv__op_lu_order;
extern const nrv__opdef nrv__op_lu_solve;
extern const nrv__opdef nrv__op_lu_unpack;
extern const nrv__opdef nrv__op_matmul;
extern const nrv__opdef nrv__op_matmul_integer;
extern const nrv__opdef nrv__op_matrix_exp;
extern const nrv__opdef nrv__op_matrix_norm;
extern const nrv__opdef nrv__op_frobenius_norm;
extern const nrv__opdef nrv__op_nuclear_norm;
extern const nrv__opdef nrv__op_cond;
extern const nrv__opdef nrv__op_matrix_power;
extern const nrv__opdef nrv__op_multi_dot;
extern const nrv__opdef nrv__op_pinv;
extern const nrv__opdef nrv__op_matrix_rank;
extern const nrv__opdef nrv__op_lstsq;
extern const nrv__opdef nrv__op_mm;
extern const nrv__opdef nrv__op_bmm;
extern const nrv__opdef nrv__op_mv;
extern const nrv__opdef nrv__op_dot;
extern const nrv__opdef nrv__op_vecdot;
extern const nrv__opdef nrv__op_inner;
extern const nrv__opdef nrv__op_outer;
extern const nrv__opdef nrv__op_addmm;
extern const nrv__opdef nrv__op_addmv;
extern const nrv__opdef nrv__op_addr;
extern const nrv__opdef nrv__op_baddbmm;
extern const nrv__opdef nrv__op_addbmm;
extern const nrv__opdef nrv__op_qr_packed;
extern const nrv__opdef nrv__op_householder_product;
extern const nrv__opdef nrv__op_qr;
extern const nrv__opdef nrv__op_geqrf;
extern const nrv__opdef nrv__op_ormqr;
extern const nrv__opdef nrv__op_solve;
extern const nrv__opdef nrv__op_inv;
extern const nrv__opdef nrv__op_tensorinv;
extern const nrv__opdef nrv__op_tensorsolve;
extern const nrv__opdef nrv__op_solve_triangular;
extern const nrv__opdef nrv__op_triangular_solve;
extern const nrv__opdef nrv__op_svd_packed;
extern const nrv__opdef nrv__op_svd;
extern const nrv__opdef nrv__op_svdvals;
extern const nrv__opdef nrv__op_vander;
extern const nrv__opdef nrv__op_adaptive_log_softmax;
extern const nrv__opdef nrv__op_adaptive_log_softmax_loss;
extern const nrv__opdef nrv__op_adaptive_predict;
extern const nrv__opdef nrv__op_bce;
extern const nrv__opdef nrv__op_bce_logits;
extern const nrv__opdef nrv__op_contrastive;
extern const nrv__opdef nrv__op_cosine_embedding;
extern const nrv__opdef nrv__op_cross_entropy;
extern const nrv__opdef nrv__op_class_loss;
extern const nrv__opdef nrv__op_class_loss_dx;
extern const nrv__opdef nrv__op_cross_entropy_masked;
extern const nrv__opdef nrv__op_ctc;
extern const nrv__opdef nrv__op_dice;
extern const nrv__opdef nrv__op_generalised_dice;
extern const nrv__opdef nrv__op_tversky;
extern const nrv__opdef nrv__op_sigmoid_focal;
extern const nrv__opdef nrv__op_softmax_focal;
extern const nrv__opdef nrv__op_gaussian_kl;
extern const nrv__opdef nrv__op_gaussian_nll;
extern const nrv__opdef nrv__op_hinge;
extern const nrv__opdef nrv__op_squared_hinge;
extern const nrv__opdef nrv__op_hinge_embedding;
extern const nrv__opdef nrv__op_huber;
extern const nrv__opdef nrv__op_info_nce;
extern const nrv__opdef nrv__op_nt_xent;
extern const nrv__opdef nrv__op_supervised_contrastive;
extern const nrv__opdef nrv__op_kl_div;
extern const nrv__opdef nrv__op_l1;
extern const nrv__opdef nrv__op_log_cosh;
extern const nrv__opdef nrv__op_margin_ranking;
extern const nrv__opdef nrv__op_mixture_nll;
extern const nrv__opdef nrv__op_mse;
extern const nrv__opdef nrv__op_multi_margin;
extern const nrv__opdef nrv__op_multilabel_margin;
extern const nrv__opdef nrv__op_multilabel_soft_margin;
extern const nrv__opdef nrv__op_nll;
extern const nrv__opdef nrv__op_pinball;
extern const nrv__opdef nrv__op_poisson_nll;
extern const nrv__opdef nrv__op_smooth_l1;
extern const nrv__opdef nrv__op_soft_margin;
extern const nrv__opdef nrv__op_triplet_margin;
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
extern const nrv__opdef nrv__op_channel_moments;
extern const nrv__opdef nrv__op_channel_sums;
extern const nrv__opdef nrv__op_group_norm;
extern const nrv__opdef nrv__op_instance_norm;
extern const nrv__opdef nrv__op_instance_norm_running;
extern const nrv__opdef nrv__op_layer_norm;
extern const nrv__opdef nrv__op_rms_norm;
extern const nrv__opdef nrv__op_norm_dx;
extern const nrv__opdef nrv__op_norm_dw;
extern const nrv__opdef nrv__op_norm_back;
extern const nrv__opdef nrv__op_local_response_norm;
extern const nrv__opdef nrv__op_normalize;
extern const nrv__opdef nrv__op_renorm;
extern const nrv__opdef nrv__op_weight_norm;
extern const nrv__opdef nrv__op_norm_except_dim;
extern const nrv__opdef nrv__op_spectral_norm;
extern const nrv__opdef nrv__op_abs;
extern const nrv__opdef nrv__op_acos;
extern const nrv__opdef nrv__op_acosh;
extern const nrv__opdef nrv__op_add;
extern const nrv__opdef nrv__op_addcmul;
extern const nrv__opdef nrv__op_addcdiv;
extern const nrv__opdef nrv__op_airy_ai;
extern const nrv__opdef nrv__op_airy_ai_slope;
extern const nrv__opdef nrv__op_angle;
extern const nrv__opdef nrv__op_asin;
extern const nrv__opdef nrv__op_asinh;
extern const nrv__opdef nrv__op_atan;
extern const nrv__opdef nrv__op_atan2;
extern const nrv__opdef nrv__op_atanh;
extern const nrv__opdef nrv__op_bessel_j0;
extern const nrv__opdef nrv__op_bessel_j1;
extern const nrv__opdef nrv__op_bessel_y0;
extern const nrv__opdef nrv__op_bessel_y1;
extern const nrv__opdef nrv__op_modified_bessel_k0;
extern const nrv__opdef nrv__op_modified_bessel_k1;
extern const nrv__opdef nrv__op_scaled_modified_bessel_k0;
extern const nrv__opdef nrv__op_scaled_modified_bessel_k1;
extern const nrv__opdef nrv__op_spherical_bessel_j0;
extern const nrv__opdef nrv__op_bitwise_and;
extern const nrv__opdef nrv__op_bitwise_or;
extern const nrv__opdef nrv__op_bitwise_xor;
extern const nrv__opdef nrv__op_bitwise_left_shift;
extern const nrv__opdef nrv__op_bitwise_right_shift;
extern const nrv__opdef nrv__op_bitwise_not;
extern const nrv__opdef nrv__op_cast;
extern const nrv__opdef nrv__op_cbrt;
extern const nrv__opdef nrv__op_ceil;
extern const nrv__opdef nrv__op_celu;
extern const nrv__opdef nrv__op_clamp;
extern const nrv__opdef nrv__op_copysign;
extern const nrv__opdef nrv__op_cos;
extern const nrv__opdef nrv__op_cosh;
extern const nrv__opdef nrv__op_deg2rad;
extern const nrv__opdef nrv__op_digamma;
extern const nrv__opdef nrv__op_div;
extern const nrv__opdef nrv__op_floor_divide;
extern const nrv__opdef nrv__op_trunc_divide;
extern const nrv__opdef nrv__op_elu;
extern const nrv__opdef nrv__op_entr;
extern const nrv__opdef nrv__op_equal;
extern const nrv__opdef nrv__op_erf;
extern const nrv__opdef nrv__op_erfc;
extern const nrv__opdef nrv__op_erfcx;
extern const nrv__opdef nrv__op_erfinv;
extern const nrv__opdef nrv__op_exp;
extern const nrv__opdef nrv__op_exp2;
extern const nrv__opdef nrv__op_expm1;
extern const nrv__opdef nrv__op_floor;
extern const nrv__opdef nrv__op_fmax;
extern const nrv__opdef nrv__op_fmin;
extern const nrv__opdef nrv__op_fmod;
extern const nrv__opdef nrv__op_remainder;
extern const nrv__opdef nrv__op_frac;
extern const nrv__opdef nrv__op_frexp_exponent;
extern const nrv__opdef nrv__op_frexp_mantissa;
extern const nrv__opdef nrv__op_frexp;
extern const nrv__opdef nrv__op_gammainc;
extern const nrv__opdef nrv__op_gammaincc;
extern const nrv__opdef nrv__op_gcd;
extern const nrv__opdef nrv__op_lcm;
extern const nrv__opdef nrv__op_gelu;
extern const nrv__opdef nrv__op_gelu_tanh;
extern const nrv__opdef nrv__op_glu;
extern const nrv__opdef nrv__op_greater;
extern const nrv__opdef nrv__op_greater_equal;
extern const nrv__opdef nrv__op_hardshrink;
extern const nrv__opdef nrv__op_hardsigmoid;
extern const nrv__opdef nrv__op_hardswish;
extern const nrv__opdef nrv__op_hardtanh;
extern const nrv__opdef nrv__op_heaviside;
extern const nrv__opdef nrv__op_hypot;
extern const nrv__opdef nrv__op_i0;
extern const nrv__opdef nrv__op_i0e;
extern const nrv__opdef nrv__op_i1;
extern const nrv__opdef nrv__op_i1e;
extern const nrv__opdef nrv__op_isclose;
extern const nrv__opdef nrv__op_allclose;
extern const nrv__opdef nrv__op_array_equal;
extern const nrv__opdef nrv__op_isfinite;
extern const nrv__opdef nrv__op_isinf;
extern const nrv__opdef nrv__op_isnan;
extern const nrv__opdef nrv__op_isneginf;
extern const nrv__opdef nrv__op_isposinf;
extern const nrv__opdef nrv__op_isreal;
extern const nrv__opdef nrv__op_ldexp;
extern const nrv__opdef nrv__op_leaky_relu;
extern const nrv__opdef nrv__op_lerp;
extern const nrv__opdef nrv__op_less;
extern const nrv__opdef nrv__op_less_equal;
extern const nrv__opdef nrv__op_lgamma;
extern const nrv__opdef nrv__op_log;
extern const nrv__opdef nrv__op_log10;
extern const nrv__opdef nrv__op_log1p;
extern const nrv__opdef nrv__op_log2;
extern const nrv__opdef nrv__op_log_ndtr;
extern const nrv__opdef nrv__op_logaddexp;
extern const nrv__opdef nrv__op_logaddexp2;
extern const nrv__opdef nrv__op_logical_and;
extern const nrv__opdef nrv__op_logical_or;
extern const nrv__opdef nrv__op_logical_xor;
extern const nrv__opdef nrv__op_logical_not;
extern const nrv__opdef nrv__op_logit;
extern const nrv__opdef nrv__op_logsigmoid;
extern const nrv__opdef nrv__op_max;
extern const nrv__opdef nrv__op_min;
extern const nrv__opdef nrv__op_mish;
extern const nrv__opdef nrv__op_mul;
extern const nrv__opdef nrv__op_mvlgamma;
extern const nrv__opdef nrv__op_nan_to_num;
extern const nrv__opdef nrv__op_ndtr;
extern const nrv__opdef nrv__op_ndtri;
extern const nrv__opdef nrv__op_neg;
extern const nrv__opdef nrv__op_nextafter;
extern const nrv__opdef nrv__op_not_equal;
extern const nrv__opdef nrv__op_polygamma;
extern const nrv__opdef nrv__op_chebyshev_polynomial_t;
extern const nrv__opdef nrv__op_chebyshev_polynomial_u;
extern const nrv__opdef nrv__op_chebyshev_polynomial_v;
extern const nrv__opdef nrv__op_chebyshev_polynomial_w;
extern const nrv__opdef nrv__op_shifted_chebyshev_polynomial_t;
extern const nrv__opdef nrv__op_shifted_chebyshev_polynomial_u;
extern const nrv__opdef nrv__op_shifted_chebyshev_polynomial_v;
extern const nrv__opdef nrv__op_shifted_chebyshev_polynomial_w;
extern const nrv__opdef nrv__op_hermite_polynomial_h;
extern const nrv__opdef nrv__op_hermite_polynomial_he;
extern const nrv__opdef nrv__op_laguerre_polynomial_l;
extern const nrv__opdef nrv__op_legendre_polynomial_p;
extern const nrv__opdef nrv__op_positive;
extern const nrv__opdef nrv__op_pow;
extern const nrv__opdef nrv__op_float_power;
extern const nrv__opdef nrv__op_prelu;
extern const nrv__opdef nrv__op_quantise;
extern const nrv__opdef nrv__op_dequantise;
extern const nrv__opdef nrv__op_fake_quantise;
extern const nrv__opdef nrv__op_rad2deg;
extern const nrv__opdef nrv__op_reciprocal;
extern const nrv__opdef nrv__op_relu;
extern const nrv__opdef nrv__op_relu6;
extern const nrv__opdef nrv__op_rint;
extern const nrv__opdef nrv__op_round;
extern const nrv__opdef nrv__op_rrelu;
extern const nrv__opdef nrv__op_rsqrt;
extern const nrv__opdef nrv__op_select;
extern const nrv__opdef nrv__op_selu;
extern const nrv__opdef nrv__op_sigmoid;
extern const nrv__opdef nrv__op_sign;
extern const nrv__opdef nrv__op_signbit;
extern const nrv__opdef nrv__op_silu;
extern const nrv__opdef nrv__op_sin;
extern const nrv__opdef nrv__op_sinc;
extern const nrv__opdef nrv__op_sinh;
extern const nrv__opdef nrv__op_softplus;
extern const nrv__opdef nrv__op_softshrink;
extern const nrv__opdef nrv__op_softsign;
extern const nrv__opdef nrv__op_sqrt;
extern const nrv__opdef nrv__op_square;
extern const nrv__opdef nrv__op_sub;
extern const nrv__opdef nrv__op_rsub;
extern const nrv__opdef nrv__op_tan;
extern const nrv__opdef nrv__op_tanh;
extern const nrv__opdef nrv__op_tanhshrink;
extern const nrv__opdef nrv__op_threshold;
extern const nrv__opdef nrv__op_trunc;
extern const nrv__opdef nrv__op_xlogy;
extern const nrv__opdef nrv__op_xlog1py;
extern const nrv__opdef nrv__op_zeta;
extern const nrv__opdef nrv__op_adaptive_avg_pool;
extern const nrv__opdef nrv__op_adaptive_max_pool;
extern const nrv__opdef nrv__op_avg_pool;
extern const nrv__opdef nrv__op_avg_pool_global;
extern const nrv__opdef nrv__op_max_pool_global;
extern const nrv__opdef nrv__op_fractional_max_pool;
extern const nrv__opdef nrv__op_lp_pool;
extern const nrv__opdef nrv__op_max_pool;
extern const nrv__opdef nrv__op_max_pool_with;
extern const nrv__opdef nrv__op_max_pool_with_indices;
extern const nrv__opdef nrv__op_max_pool_dx;
extern const nrv__opdef nrv__op_max_unpool;
extern const nrv__opdef nrv__op_unfold;
extern const nrv__opdef nrv__op_fold;
extern const nrv__opdef nrv__op_binomial;
extern const nrv__opdef nrv__op_categorical;
extern const nrv__opdef nrv__op_gamma_log;
extern const nrv__opdef nrv__op_permutation;
extern const nrv__opdef nrv__op_poisson;
extern const nrv__opdef nrv__op_uniform;
extern const nrv__opdef nrv__op_von_mises_angle;
extern const nrv__opdef nrv__op_amax;
extern const nrv__opdef nrv__op_amin;
extern const nrv__opdef nrv__op_aminmax;
extern const nrv__opdef nrv__op_cov;
extern const nrv__opdef nrv__op_corrcoef;
extern const nrv__opdef nrv__op_max_of;
extern const nrv__opdef nrv__op_min_of;
extern const nrv__opdef nrv__op_argmax;
extern const nrv__opdef nrv__op_argmin;
extern const nrv__opdef nrv__op_logsumexp;
extern const nrv__opdef nrv__op_mean;
extern const nrv__opdef nrv__op_nanmean;
extern const nrv__opdef nrv__op_median;
extern const nrv__opdef nrv__op_nanmedian;
extern const nrv__opdef nrv__op_mode;
extern const nrv__opdef nrv__op_norm;
extern const nrv__opdef nrv__op_dist;
extern const nrv__opdef nrv__op_prod;
extern const nrv__opdef nrv__op_quantile;
extern const nrv__opdef nrv__op_nanquantile;
extern const nrv__opdef nrv__op_sum;
extern const nrv__opdef nrv__op_nansum;
extern const nrv__opdef nrv__op_var;
extern const nrv__opdef nrv__op_std;
extern const nrv__opdef nrv__op_var_mean;
extern const nrv__opdef nrv__op_std_mean;
extern const nrv__opdef nrv__op_all;
extern const nrv__opdef nrv__op_any;
extern const nrv__opdef nrv__op_count_nonzero;
extern const nrv__opdef nrv__op_rnn_cell;
extern const nrv__opdef nrv__op_gru_cell;
extern const nrv__opdef nrv__op_lstm_cell;
extern const nrv__opdef nrv__op_rnn;
extern const nrv__opdef nrv__op_lstm;
extern const nrv__opdef nrv__op_gru;
extern const nrv__opdef nrv__op_as_strided;
extern const nrv__opdef nrv__op_squeeze;
extern const nrv__opdef nrv__op_unsqueeze;
extern const nrv__opdef nrv__op_move_axes;
extern const nrv__opdef nrv__op_swap_axes;
extern const nrv__opdef nrv__op_adjoint;
extern const nrv__opdef nrv__op_merge_axes;
extern const nrv__opdef nrv__op_split_axis;
extern const nrv__opdef nrv__op_broadcast;
extern const nrv__opdef nrv__op_concat;
extern const nrv__opdef nrv__op_copy;
extern const nrv__opdef nrv__op_diagonal;
extern const nrv__opdef nrv__op_diag_embed;
extern const nrv__opdef nrv__op_diag;
extern const nrv__opdef nrv__op_diagflat;
extern const nrv__opdef nrv__op_trace;
extern const nrv__opdef nrv__op_block_diag;
extern const nrv__opdef nrv__op_flip;
extern const nrv__opdef nrv__op_flipud;
extern const nrv__opdef nrv__op_fliplr;
extern const nrv__opdef nrv__op_rot90;
extern const nrv__opdef nrv__op_roll;
extern const nrv__opdef nrv__op_meshgrid;
extern const nrv__opdef nrv__op_cartesian_prod;
extern const nrv__opdef nrv__op_combinations;
extern const nrv__opdef nrv__op_pad;
extern const nrv__opdef nrv__op_pad_with;
extern const nrv__opdef nrv__op_permute;
extern const nrv__opdef nrv__op_arange;
extern const nrv__opdef nrv__op_range;
extern const nrv__opdef nrv__op_linspace;
extern const nrv__opdef nrv__op_logspace;
extern const nrv__opdef nrv__op_eye;
extern const nrv__opdef nrv__op_full;
extern const nrv__opdef nrv__op_zeros;
extern const nrv__opdef nrv__op_ones;
extern const nrv__opdef nrv__op_full_like;
extern const nrv__opdef nrv__op_zeros_like;
extern const nrv__opdef nrv__op_ones_like;
extern const nrv__opdef nrv__op_rearrange;
extern const nrv__opdef nrv__op_repeat;
extern const nrv__opdef nrv__op_repeat_interleave;
extern const nrv__opdef nrv__op_reshape;
extern const nrv__opdef nrv__op_slice;
extern const nrv__opdef nrv__op_split;
extern const nrv__opdef nrv__op_chunk;
extern const nrv__opdef nrv__op_tensor_split;
extern const nrv__opdef nrv__op_hsplit;
extern const nrv__opdef nrv__op_vsplit;
extern const nrv__opdef nrv__op_dsplit;
extern const nrv__opdef nrv__op_unbind;
extern const nrv__opdef nrv__op_pick;
extern const nrv__opdef nrv__op_every;
extern const nrv__opdef nrv__op_stack;
extern const nrv__opdef nrv__op_hstack;
extern const nrv__opdef nrv__op_vstack;
extern const nrv__opdef nrv__op_dstack;
extern const nrv__opdef nrv__op_column_stack;
extern const nrv__opdef nrv__op_at_least_1d;
extern const nrv__opdef nrv__op_at_least_2d;
extern const nrv__opdef nrv__op_at_least_3d;
extern const nrv__opdef nrv__op_tril;
extern const nrv__opdef nrv__op_triu;
extern const nrv__opdef nrv__op_tril_indices;
extern const nrv__opdef nrv__op_triu_indices;
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
extern const nrv__layer nrv__layer_relu6;
extern const nrv__layer nrv__layer_elu;
extern const nrv__layer nrv__layer_selu;
extern const nrv__layer nrv__layer_celu;
extern const nrv__layer nrv__layer_mish;
extern const nrv__layer nrv__layer_hardtanh;
extern const nrv__layer nrv__layer_hardsigmoid;
extern const nrv__layer nrv__layer_hardswish;
extern const nrv__layer nrv__layer_hardshrink;
extern const nrv__layer nrv__layer_softshrink;
extern const nrv__layer nrv__layer_tanhshrink;
extern const nrv__layer nrv__layer_softsign;
extern const nrv__layer nrv__layer_logsigmoid;
extern const nrv__layer nrv__layer_threshold;
extern const nrv__layer nrv__layer_glu;
extern const nrv__layer nrv__layer_adaptive_log_softmax;
extern const nrv__layer nrv__layer_batch_norm;
extern const nrv__layer nrv__layer_conv1d;
extern const nrv__layer nrv__layer_conv2d;
extern const nrv__layer nrv__layer_conv3d;
extern const nrv__layer nrv__layer_conv1d_transposed;
extern const nrv__layer nrv__layer_conv2d_transposed;
extern const nrv__layer nrv__layer_conv3d_transposed;
extern const nrv__layer nrv__layer_dropout;
extern const nrv__layer nrv__layer_dropout_channels;
extern const nrv__layer nrv__layer_alpha_dropout;
extern const nrv__layer nrv__layer_feature_alpha_dropout;
extern const nrv__layer nrv__layer_flatten;
extern const nrv__layer nrv__layer_identity;
extern const nrv__layer nrv__layer_group_norm;
extern const nrv__layer nrv__layer_instance_norm;
extern const nrv__layer nrv__layer_upsample;
extern const nrv__layer nrv__layer_pixel_shuffle;
extern const nrv__layer nrv__layer_pixel_unshuffle;
extern const nrv__layer nrv__layer_channel_shuffle;
extern const nrv__layer nrv__layer_unfold;
extern const nrv__layer nrv__layer_fold;
extern const nrv__layer nrv__layer_constant_pad;
extern const nrv__layer nrv__layer_reflection_pad;
extern const nrv__layer nrv__layer_replication_pad;
extern const nrv__layer nrv__layer_circular_pad;
extern const nrv__layer nrv__layer_layer_norm;
extern const nrv__layer nrv__layer_rms_norm;
extern const nrv__layer nrv__layer_linear;
extern const nrv__layer nrv__layer_multi_head_attention;
extern const nrv__layer nrv__layer_parallel;
extern const nrv__layer nrv__layer_max_pool;
extern const nrv__layer nrv__layer_avg_pool;
extern const nrv__layer nrv__layer_lp_pool;
extern const nrv__layer nrv__layer_adaptive_avg_pool;
extern const nrv__layer nrv__layer_adaptive_max_pool;
extern const nrv__layer nrv__layer_avg_pool_global;
extern const nrv__layer nrv__layer_max_pool_global;
extern const nrv__layer nrv__layer_prelu_layer;
extern const nrv__layer nrv__layer_repeat;
extern const nrv__layer nrv__layer_residual;
extern const nrv__layer nrv__layer_rnn;
extern const nrv__layer nrv__layer_lstm;
extern const nrv__layer nrv__layer_gru;
extern const nrv__layer nrv__layer_transformer_encoder_layer;
extern const nrv__layer nrv__layer_transformer_encoder;
extern const nrv__optim nrv__optim_adam;
extern const nrv__optim nrv__optim_adamw;
extern const nrv__optim nrv__optim_sgd;
#ifdef NRV__HAVE_AVX512
extern const nrv__kernel nrv__kernel_attention_avx512;
extern const nrv__kernel nrv__kernel_attention_back_avx512;
#endif
#ifdef NRV__HAVE_AVX2
extern const nrv__kernel nrv__kernel_attention_avx2;
extern const nrv__kernel nrv__kernel_attention_back_avx2;
#endif
extern const nrv__kernel nrv__kernel_attention_baseline;
extern const nrv__kernel nrv__kernel_attention_back_baseline;
#ifdef NRV__HAVE_AVX512
extern const nrv__kernel nrv__kernel_channel_mix_avx512;
extern const nrv__kernel nrv__kernel_channel_mix_dx_avx512;
#endif
#ifdef NRV__HAVE_AVX2
extern const nrv__kernel nrv__kernel_channel_mix_avx2;
extern const nrv__kernel nrv__kernel_channel_mix_dx_avx2;
#endif
extern const nrv__kernel nrv__kernel_channel_mix_baseline;
extern const nrv__kernel nrv__kernel_channel_mix_dx_baseline;
#ifdef NRV__HAVE_AVX512
extern const nrv__kernel nrv__kernel_channel_mix_dw_avx512;
#endif
#ifdef NRV__HAVE_AVX2
extern const nrv__kernel nrv__kernel_channel_mix_dw_avx2;
#endif
extern const nrv__kernel nrv__kernel_channel_mix_dw_baseline;
#ifdef NRV__HAVE_AVX512
extern const nrv__kernel nrv__kernel_channel_moments_avx512;
extern const nrv__kernel nrv__kernel_channel_sums_avx512;
#endif
#ifdef NRV__HAVE_AVX2
extern const nrv__kernel nrv__kernel_channel_moments_avx2;
extern const nrv__kernel nrv__kernel_channel_sums_avx2;
#endif
extern const nrv__kernel nrv__kernel_channel_moments_baseline;
extern const nrv__kernel nrv__kernel_channel_sums_baseline;
#ifdef NRV__HAVE_AVX512
extern const nrv__kernel nrv__kernel_channelwise_avx512;
extern const nrv__kernel nrv__kernel_channelwise_dx_avx512;
#endif
#ifdef NRV__HAVE_AVX2
extern const nrv__kernel nrv__kernel_channelwise_avx2;
extern const nrv__kernel nrv__kernel_channelwise_dx_avx2;
#endif
extern const nrv__kernel nrv__kernel_channelwise_baseline;
extern const nrv__kernel nrv__kernel_channelwise_dx_baseline;
#ifdef NRV__HAVE_AVX512
extern const nrv__kernel nrv__kernel_channelwise_dw_avx512;
#endif
#ifdef NRV__HAVE_AVX2
extern const nrv__kernel nrv__kernel_channelwise_dw_avx2;
#endif
extern const nrv__kernel nrv__kernel_channelwise_dw_baseline;
#ifdef NRV__HAVE_AVX512
extern const nrv__kernel nrv__kernel_conv_avx512;
extern const nrv__kernel nrv__kernel_conv_dx_avx512;
#endif
#ifdef NRV__HAVE_AVX2
extern const nrv__kernel nrv__kernel_conv_avx2;
extern const nrv__kernel nrv__kernel_conv_dx_avx2;
#endif
extern const nrv__kernel nrv__kernel_conv_baseline;
extern const nrv__kernel nrv__kernel_conv_dx_baseline;
#ifdef NRV__HAVE_AVX512
extern const nrv__kernel nrv__kernel_conv_dw_avx512;
#endif
#ifdef NRV__HAVE_AVX2
extern const nrv__kernel nrv__kernel_conv_dw_avx2;
#endif
extern const nrv__kernel nrv__kernel_conv_dw_baseline;
#ifdef NRV__HAVE_AVX512
extern const nrv__kernel nrv__kernel_conv_dw_dots_avx512;
#endif
#ifdef NRV__HAVE_AVX2
extern const nrv__kernel nrv__kernel_conv_dw_dots_avx2;
#endif
extern const nrv__kernel nrv__kernel_conv_dw_dots_baseline;
#ifdef NRV__HAVE_AVX512
extern const nrv__kernel nrv__kernel_copy_avx512;
#endif
#ifdef NRV__HAVE_AVX2
extern const nrv__kernel nrv__kernel_copy_avx2;
#endif
extern const nrv__kernel nrv__kernel_copy_baseline;
#ifdef NRV__HAVE_AVX512
extern const nrv__kernel nrv__kernel_fft_avx512;
#endif
#ifdef NRV__HAVE_AVX2
extern const nrv__kernel nrv__kernel_fft_avx2;
#endif
extern const nrv__kernel nrv__kernel_fft_baseline;
#ifdef NRV__HAVE_AVX512
extern const nrv__fused nrv__fused_chains_avx512[];
#endif
#ifdef NRV__HAVE_AVX2
extern const nrv__fused nrv__fused_chains_avx2[];
#endif
extern const nrv__fused nrv__fused_chains_baseline[];
#ifdef NRV__HAVE_AVX512
extern const nrv__kernel nrv__kernel_gemm_avx512;
#endif
#ifdef NRV__HAVE_AVX2
extern const nrv__kernel nrv__kernel_gemm_avx2;
#endif
extern const nrv__kernel nrv__kernel_gemm_baseline;
#ifdef NRV__HAVE_AVX512
extern const nrv__kernel nrv__kernel_gemm_vnni_avx512;
extern const nrv__kernel nrv__kernel_gemm_bytes_avx512;
extern const nrv__kernel nrv__kernel_linear_vnni_avx512;
extern const nrv__kernel nrv__kernel_linear_bytes_avx512;
#endif
#ifdef NRV__HAVE_AVX2
extern const nrv__kernel nrv__kernel_gemm_vnni_avx2;
extern const nrv__kernel nrv__kernel_gemm_bytes_avx2;
extern const nrv__kernel nrv__kernel_linear_vnni_avx2;
extern const nrv__kernel nrv__kernel_linear_bytes_avx2;
#endif
extern const nrv__kernel nrv__kernel_gemm_vnni_baseline;
extern const nrv__kernel nrv__kernel_gemm_bytes_baseline;
extern const nrv__kernel nrv__kernel_linear_vnni_baseline;
extern const nrv__kernel nrv__kernel_linear_bytes_baseline;
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
extern const nrv__kernel nrv__kernel_csr_rows_avx512;
extern const nrv__kernel nrv__kernel_csr_sorted_avx512;
extern const nrv__kernel nrv__kernel_csr_matmul_avx512;
extern const nrv__kernel nrv__kernel_read_avx512;
extern const nrv__kernel nrv__kernel_write_avx512;
#endif
#ifdef NRV__HAVE_AVX2
extern const nrv__kernel nrv__kernel_gather_avx2;
extern const nrv__kernel nrv__kernel_take_avx2;
extern const nrv__kernel nrv__kernel_scatter_add_avx2;
extern const nrv__kernel nrv__kernel_segment_max_avx2;
extern const nrv__kernel nrv__kernel_csr_rows_avx2;
extern const nrv__kernel nrv__kernel_csr_sorted_avx2;
extern const nrv__kernel nrv__kernel_csr_matmul_avx2;
extern const nrv__kernel nrv__kernel_read_avx2;
extern const nrv__kernel nrv__kernel_write_avx2;
#endif
extern const nrv__kernel nrv__kernel_gather_baseline;
extern const nrv__kernel nrv__kernel_take_baseline;
extern const nrv__kernel nrv__kernel_scatter_add_baseline;
extern const nrv__kernel nrv__kernel_segment_max_baseline;
extern const nrv__kernel nrv__kernel_csr_rows_baseline;
extern const nrv__kernel nrv__kernel_csr_sorted_baseline;
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
extern const nrv__kernel nrv__kernel_layer_norm_avx512;
extern const nrv__kernel nrv__kernel_rms_norm_avx512;
extern const nrv__kernel nrv__kernel_norm_dx_avx512;
extern const nrv__kernel nrv__kernel_norm_dw_avx512;
extern const nrv__kernel nrv__kernel_norm_back_avx512;
#endif
#ifdef NRV__HAVE_AVX2
extern const nrv__kernel nrv__kernel_layer_norm_avx2;
extern const nrv__kernel nrv__kernel_rms_norm_avx2;
extern const nrv__kernel nrv__kernel_norm_dx_avx2;
extern const nrv__kernel nrv__kernel_norm_dw_avx2;
extern const nrv__kernel nrv__kernel_norm_back_avx2;
#endif
extern const nrv__kernel nrv__kernel_layer_norm_baseline;
extern const nrv__kernel nrv__kernel_rms_norm_baseline;
extern const nrv__kernel nrv__kernel_norm_dx_baseline;
extern const nrv__kernel nrv__kernel_norm_dw_baseline;
extern const nrv__kernel nrv__kernel_norm_back_baseline;
#ifdef NRV__HAVE_AVX512
extern const nrv__kernel nrv__kernel_pad_avx512;
#endif
#ifdef NRV__HAVE_AVX2
extern const nrv__kernel nrv__kernel_pad_avx2;
#endif
extern const nrv__kernel nrv__kernel_pad_baseline;
#ifdef NRV__HAVE_AVX512
extern const nrv__point nrv__points_pairs_avx512[];
#endif
#ifdef NRV__HAVE_AVX2
extern const nrv__point nrv__points_pairs_avx2[];
#endif
extern const nrv__point nrv__points_pairs_baseline[];
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
extern const nrv__kernel nrv__kernel_cumsum_avx512;
extern const nrv__kernel nrv__kernel_linear_scan_avx512;
#endif
#ifdef NRV__HAVE_AVX2
extern const nrv__kernel nrv__kernel_cumsum_avx2;
extern const nrv__kernel nrv__kernel_linear_scan_avx2;
#endif
extern const nrv__kernel nrv__kernel_cumsum_baseline;
extern const nrv__kernel nrv__kernel_linear_scan_baseline;
#ifdef NRV__HAVE_AVX512
extern const nrv__kernel nrv__kernel_softmax_avx512;
extern const nrv__kernel nrv__kernel_log_softmax_avx512;
extern const nrv__kernel nrv__kernel_softmax_dx_avx512;
extern const nrv__kernel nrv__kernel_log_softmax_dx_avx512;
extern const nrv__kernel nrv__kernel_class_loss_dx_avx512;
#endif
#ifdef NRV__HAVE_AVX2
extern const nrv__kernel nrv__kernel_softmax_avx2;
extern const nrv__kernel nrv__kernel_log_softmax_avx2;
extern const nrv__kernel nrv__kernel_softmax_dx_avx2;
extern const nrv__kernel nrv__kernel_log_softmax_dx_avx2;
extern const nrv__kernel nrv__kernel_class_loss_dx_avx2;
#endif
extern const nrv__kernel nrv__kernel_softmax_baseline;
extern const nrv__kernel nrv__kernel_log_softmax_baseline;
extern const nrv__kernel nrv__kernel_softmax_dx_baseline;
extern const nrv__kernel nrv__kernel_log_softmax_dx_baseline;
extern const nrv__kernel nrv__kernel_class_loss_dx_baseline;
#ifdef NRV__HAVE_AVX512
extern const nrv__kernel nrv__kernel_argsort_avx512;
#endif
#ifdef NRV__HAVE_AVX2
extern const nrv__kernel nrv__kernel_argsort_avx2;
#endif
extern const nrv__kernel nrv__kernel_argsort_baseline;
#ifdef NRV__HAVE_AVX512
extern const nrv__point nrv__points_types_avx512[];
#endif
#ifdef NRV__HAVE_AVX2
extern const nrv__point nrv__points_types_avx2[];
#endif
extern const nrv__point nrv__points_types_baseline[];

const nrv__opdef *const nrv__ops[] = {
    &nrv__op_again,
    &nrv__op_attention,
    &nrv__op_attention_back,
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
    &nrv__op_transformer_encoder,
    &nrv__op_transformer_decoder,
    &nrv__op_transformer,
    &nrv__op_cumargmax,
    &nrv__op_cumargmin,
    &nrv__op_cummax,
    &nrv__op_cummin,
    &nrv__op_cumprod,
    &nrv__op_cumsum,
    &nrv__op_diff,
    &nrv__op_gradient,
    &nrv__op_gumbel_softmax,
    &nrv__op_linear_scan,
    &nrv__op_log_softmax,
    &nrv__op_log_softmax_dx,
    &nrv__op_logcumsumexp,
    &nrv__op_softmax,
    &nrv__op_softmax_dx,
    &nrv__op_softmax2d,
    &nrv__op_softmin,
    &nrv__op_trapezoid,
    &nrv__op_cumulative_trapezoid,
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
    &nrv__op_conv_tbc,
    &nrv__op_conv_transpose,
    &nrv__op_conv_with,
    &nrv__op_window,
    &nrv__op_overlap_add,
    &nrv__op_cotangent,
    &nrv__op_count_turn,
    &nrv__op_complex,
    &nrv__op_real,
    &nrv__op_imag,
    &nrv__op_conj,
    &nrv__op_complex_mul,
    &nrv__op_complex_abs,
    &nrv__op_complex_angle,
    &nrv__op_polar,
    &nrv__op_fftconvolve,
    &nrv__op_dct,
    &nrv__op_idct,
    &nrv__op_fft,
    &nrv__op_ifft,
    &nrv__op_fftn,
    &nrv__op_fft2,
    &nrv__op_ifftn,
    &nrv__op_ifft2,
    &nrv__op_rfftn,
    &nrv__op_rfft2,
    &nrv__op_irfftn,
    &nrv__op_irfft2,
    &nrv__op_hfftn,
    &nrv__op_hfft2,
    &nrv__op_ihfftn,
    &nrv__op_ihfft2,
    &nrv__op_rfft,
    &nrv__op_irfft,
    &nrv__op_hfft,
    &nrv__op_ihfft,
    &nrv__op_fftshift,
    &nrv__op_ifftshift,
    &nrv__op_fftfreq,
    &nrv__op_rfftfreq,
    &nrv__op_stft,
    &nrv__op_istft,
    &nrv__op_dwt,
    &nrv__op_idwt,
    &nrv__op_hann_window,
    &nrv__op_hamming_window,
    &nrv__op_blackman_window,
    &nrv__op_bartlett_window,
    &nrv__op_kaiser_window,
    &nrv__op_affine_grid,
    &nrv__op_box_iou,
    &nrv__op_box_giou,
    &nrv__op_grid_sample,
    &nrv__op_interpolate,
    &nrv__op_nms,
    &nrv__op_pixel_shuffle,
    &nrv__op_pixel_unshuffle,
    &nrv__op_channel_shuffle,
    &nrv__op_roi_align,
    &nrv__op_roi_pool,
    &nrv__op_put_along,
    &nrv__op_add_along,
    &nrv__op_reduce_along,
    &nrv__op_argsort,
    &nrv__op_sort,
    &nrv__op_msort,
    &nrv__op_topk,
    &nrv__op_kthvalue,
    &nrv__op_argsort_rows,
    &nrv__op_lexsort,
    &nrv__op_gather,
    &nrv__op_histogram,
    &nrv__op_histogramdd,
    &nrv__op_iota,
    &nrv__op_lookup,
    &nrv__op_lookup_bag,
    &nrv__op_mask_of_lengths,
    &nrv__op_masked_fill,
    &nrv__op_masked_select,
    &nrv__op_masked_scatter,
    &nrv__op_nonzero,
    &nrv__op_one_hot,
    &nrv__op_bincount,
    &nrv__op_histc,
    &nrv__op_index_add,
    &nrv__op_index_copy,
    &nrv__op_index_fill,
    &nrv__op_index_reduce,
    &nrv__op_index_put,
    &nrv__op_take_flat,
    &nrv__op_put_flat,
    &nrv__op_read,
    &nrv__op_scatter_add,
    &nrv__op_searchsorted,
    &nrv__op_bucketize,
    &nrv__op_isin,
    &nrv__op_segment_max,
    &nrv__op_segment_argmax,
    &nrv__op_segment_mean,
    &nrv__op_segment_prod,
    &nrv__op_segment_reduce,
    &nrv__op_segment_softmax,
    &nrv__op_segment_sum,
    &nrv__op_take,
    &nrv__op_take_along,
    &nrv__op_take_along_dim,
    &nrv__op_unique,
    &nrv__op_unique_consecutive,
    &nrv__op_select_scatter,
    &nrv__op_slice_scatter,
    &nrv__op_diagonal_scatter,
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
    &nrv__op_quantised_linear,
    &nrv__op_input,
    &nrv__op_param,
    &nrv__op_local,
    &nrv__op_run_counter,
    &nrv__op_constant,
    &nrv__op_fill,
    &nrv__op_dim_value,
    &nrv__op_cholesky_ex,
    &nrv__op_lu_factor_ex,
    &nrv__op_inv_ex,
    &nrv__op_solve_ex,
    &nrv__op_cholesky,
    &nrv__op_cholesky_solve,
    &nrv__op_cholesky_inverse,
    &nrv__op_coo_matmul,
    &nrv__op_cross,
    &nrv__op_csr_rows,
    &nrv__op_csr_matmul,
    &nrv__op_csr_sorted,
    &nrv__op_det,
    &nrv__op_cofactor,
    &nrv__op_slogdet,
    &nrv__op_logdet,
    &nrv__op_eig_packed,
    &nrv__op_eig,
    &nrv__op_eigvals,
    &nrv__op_eigh_packed,
    &nrv__op_eigh,
    &nrv__op_eigvalsh,
    &nrv__op_einsum,
    &nrv__op_tensordot,
    &nrv__op_kron,
    &nrv__op_ldl_packed,
    &nrv__op_ldl_factor,
    &nrv__op_ldl_factor_ex,
    &nrv__op_ldl_solve,
    &nrv__op_lu_packed,
    &nrv__op_lu_factor,
    &nrv__op_lu,
    &nrv__op_lu_order,
    &nrv__op_lu_solve,
    &nrv__op_lu_unpack,
    &nrv__op_matmul,
    &nrv__op_matmul_integer,
    &nrv__op_matrix_exp,
    &nrv__op_matrix_norm,
    &nrv__op_frobenius_norm,
    &nrv__op_nuclear_norm,
    &nrv__op_cond,
    &nrv__op_matrix_power,
    &nrv__op_multi_dot,
    &nrv__op_pinv,
    &nrv__op_matrix_rank,
    &nrv__op_lstsq,
    &nrv__op_mm,
    &nrv__op_bmm,
    &nrv__op_mv,
    &nrv__op_dot,
    &nrv__op_vecdot,
    &nrv__op_inner,
    &nrv__op_outer,
    &nrv__op_addmm,
    &nrv__op_addmv,
    &nrv__op_addr,
    &nrv__op_baddbmm,
    &nrv__op_addbmm,
    &nrv__op_qr_packed,
    &nrv__op_householder_product,
    &nrv__op_qr,
    &nrv__op_geqrf,
    &nrv__op_ormqr,
    &nrv__op_solve,
    &nrv__op_inv,
    &nrv__op_tensorinv,
    &nrv__op_tensorsolve,
    &nrv__op_solve_triangular,
    &nrv__op_triangular_solve,
    &nrv__op_svd_packed,
    &nrv__op_svd,
    &nrv__op_svdvals,
    &nrv__op_vander,
    &nrv__op_adaptive_log_softmax,
    &nrv__op_adaptive_log_softmax_loss,
    &nrv__op_adaptive_predict,
    &nrv__op_bce,
    &nrv__op_bce_logits,
    &nrv__op_contrastive,
    &nrv__op_cosine_embedding,
    &nrv__op_cross_entropy,
    &nrv__op_class_loss,
    &nrv__op_class_loss_dx,
    &nrv__op_cross_entropy_masked,
    &nrv__op_ctc,
    &nrv__op_dice,
    &nrv__op_generalised_dice,
    &nrv__op_tversky,
    &nrv__op_sigmoid_focal,
    &nrv__op_softmax_focal,
    &nrv__op_gaussian_kl,
    &nrv__op_gaussian_nll,
    &nrv__op_hinge,
    &nrv__op_squared_hinge,
    &nrv__op_hinge_embedding,
    &nrv__op_huber,
    &nrv__op_info_nce,
    &nrv__op_nt_xent,
    &nrv__op_supervised_contrastive,
    &nrv__op_kl_div,
    &nrv__op_l1,
    &nrv__op_log_cosh,
    &nrv__op_margin_ranking,
    &nrv__op_mixture_nll,
    &nrv__op_mse,
    &nrv__op_multi_margin,
    &nrv__op_multilabel_margin,
    &nrv__op_multilabel_soft_margin,
    &nrv__op_nll,
    &nrv__op_pinball,
    &nrv__op_poisson_nll,
    &nrv__op_smooth_l1,
    &nrv__op_soft_margin,
    &nrv__op_triplet_margin,
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
    &nrv__op_channel_moments,
    &nrv__op_channel_sums,
    &nrv__op_group_norm,
    &nrv__op_instance_norm,
    &nrv__op_instance_norm_running,
    &nrv__op_layer_norm,
    &nrv__op_rms_norm,
    &nrv__op_norm_dx,
    &nrv__op_norm_dw,
    &nrv__op_norm_back,
    &nrv__op_local_response_norm,
    &nrv__op_normalize,
    &nrv__op_renorm,
    &nrv__op_weight_norm,
    &nrv__op_norm_except_dim,
    &nrv__op_spectral_norm,
    &nrv__op_abs,
    &nrv__op_acos,
    &nrv__op_acosh,
    &nrv__op_add,
    &nrv__op_addcmul,
    &nrv__op_addcdiv,
    &nrv__op_airy_ai,
    &nrv__op_airy_ai_slope,
    &nrv__op_angle,
    &nrv__op_asin,
    &nrv__op_asinh,
    &nrv__op_atan,
    &nrv__op_atan2,
    &nrv__op_atanh,
    &nrv__op_bessel_j0,
    &nrv__op_bessel_j1,
    &nrv__op_bessel_y0,
    &nrv__op_bessel_y1,
    &nrv__op_modified_bessel_k0,
    &nrv__op_modified_bessel_k1,
    &nrv__op_scaled_modified_bessel_k0,
    &nrv__op_scaled_modified_bessel_k1,
    &nrv__op_spherical_bessel_j0,
    &nrv__op_bitwise_and,
    &nrv__op_bitwise_or,
    &nrv__op_bitwise_xor,
    &nrv__op_bitwise_left_shift,
    &nrv__op_bitwise_right_shift,
    &nrv__op_bitwise_not,
    &nrv__op_cast,
    &nrv__op_cbrt,
    &nrv__op_ceil,
    &nrv__op_celu,
    &nrv__op_clamp,
    &nrv__op_copysign,
    &nrv__op_cos,
    &nrv__op_cosh,
    &nrv__op_deg2rad,
    &nrv__op_digamma,
    &nrv__op_div,
    &nrv__op_floor_divide,
    &nrv__op_trunc_divide,
    &nrv__op_elu,
    &nrv__op_entr,
    &nrv__op_equal,
    &nrv__op_erf,
    &nrv__op_erfc,
    &nrv__op_erfcx,
    &nrv__op_erfinv,
    &nrv__op_exp,
    &nrv__op_exp2,
    &nrv__op_expm1,
    &nrv__op_floor,
    &nrv__op_fmax,
    &nrv__op_fmin,
    &nrv__op_fmod,
    &nrv__op_remainder,
    &nrv__op_frac,
    &nrv__op_frexp_exponent,
    &nrv__op_frexp_mantissa,
    &nrv__op_frexp,
    &nrv__op_gammainc,
    &nrv__op_gammaincc,
    &nrv__op_gcd,
    &nrv__op_lcm,
    &nrv__op_gelu,
    &nrv__op_gelu_tanh,
    &nrv__op_glu,
    &nrv__op_greater,
    &nrv__op_greater_equal,
    &nrv__op_hardshrink,
    &nrv__op_hardsigmoid,
    &nrv__op_hardswish,
    &nrv__op_hardtanh,
    &nrv__op_heaviside,
    &nrv__op_hypot,
    &nrv__op_i0,
    &nrv__op_i0e,
    &nrv__op_i1,
    &nrv__op_i1e,
    &nrv__op_isclose,
    &nrv__op_allclose,
    &nrv__op_array_equal,
    &nrv__op_isfinite,
    &nrv__op_isinf,
    &nrv__op_isnan,
    &nrv__op_isneginf,
    &nrv__op_isposinf,
    &nrv__op_isreal,
    &nrv__op_ldexp,
    &nrv__op_leaky_relu,
    &nrv__op_lerp,
    &nrv__op_less,
    &nrv__op_less_equal,
    &nrv__op_lgamma,
    &nrv__op_log,
    &nrv__op_log10,
    &nrv__op_log1p,
    &nrv__op_log2,
    &nrv__op_log_ndtr,
    &nrv__op_logaddexp,
    &nrv__op_logaddexp2,
    &nrv__op_logical_and,
    &nrv__op_logical_or,
    &nrv__op_logical_xor,
    &nrv__op_logical_not,
    &nrv__op_logit,
    &nrv__op_logsigmoid,
    &nrv__op_max,
    &nrv__op_min,
    &nrv__op_mish,
    &nrv__op_mul,
    &nrv__op_mvlgamma,
    &nrv__op_nan_to_num,
    &nrv__op_ndtr,
    &nrv__op_ndtri,
    &nrv__op_neg,
    &nrv__op_nextafter,
    &nrv__op_not_equal,
    &nrv__op_polygamma,
    &nrv__op_chebyshev_polynomial_t,
    &nrv__op_chebyshev_polynomial_u,
    &nrv__op_chebyshev_polynomial_v,
    &nrv__op_chebyshev_polynomial_w,
    &nrv__op_shifted_chebyshev_polynomial_t,
    &nrv__op_shifted_chebyshev_polynomial_u,
    &nrv__op_shifted_chebyshev_polynomial_v,
    &nrv__op_shifted_chebyshev_polynomial_w,
    &nrv__op_hermite_polynomial_h,
    &nrv__op_hermite_polynomial_he,
    &nrv__op_laguerre_polynomial_l,
    &nrv__op_legendre_polynomial_p,
    &nrv__op_positive,
    &nrv__op_pow,
    &nrv__op_float_power,
    &nrv__op_prelu,
    &nrv__op_quantise,
    &nrv__op_dequantise,
    &nrv__op_fake_quantise,
    &nrv__op_rad2deg,
    &nrv__op_reciprocal,
    &nrv__op_relu,
    &nrv__op_relu6,
    &nrv__op_rint,
    &nrv__op_round,
    &nrv__op_rrelu,
    &nrv__op_rsqrt,
    &nrv__op_select,
    &nrv__op_selu,
    &nrv__op_sigmoid,
    &nrv__op_sign,
    &nrv__op_signbit,
    &nrv__op_silu,
    &nrv__op_sin,
    &nrv__op_sinc,
    &nrv__op_sinh,
    &nrv__op_softplus,
    &nrv__op_softshrink,
    &nrv__op_softsign,
    &nrv__op_sqrt,
    &nrv__op_square,
    &nrv__op_sub,
    &nrv__op_rsub,
    &nrv__op_tan,
    &nrv__op_tanh,
    &nrv__op_tanhshrink,
    &nrv__op_threshold,
    &nrv__op_trunc,
    &nrv__op_xlogy,
    &nrv__op_xlog1py,
    &nrv__op_zeta,
    &nrv__op_adaptive_avg_pool,
    &nrv__op_adaptive_max_pool,
    &nrv__op_avg_pool,
    &nrv__op_avg_pool_global,
    &nrv__op_max_pool_global,
    &nrv__op_fractional_max_pool,
    &nrv__op_lp_pool,
    &nrv__op_max_pool,
    &nrv__op_max_pool_with,
    &nrv__op_max_pool_with_indices,
    &nrv__op_max_pool_dx,
    &nrv__op_max_unpool,
    &nrv__op_unfold,
    &nrv__op_fold,
    &nrv__op_binomial,
    &nrv__op_categorical,
    &nrv__op_gamma_log,
    &nrv__op_permutation,
    &nrv__op_poisson,
    &nrv__op_uniform,
    &nrv__op_von_mises_angle,
    &nrv__op_amax,
    &nrv__op_amin,
    &nrv__op_aminmax,
    &nrv__op_cov,
    &nrv__op_corrcoef,
    &nrv__op_max_of,
    &nrv__op_min_of,
    &nrv__op_argmax,
    &nrv__op_argmin,
    &nrv__op_logsumexp,
    &nrv__op_mean,
    &nrv__op_nanmean,
    &nrv__op_median,
    &nrv__op_nanmedian,
    &nrv__op_mode,
    &nrv__op_norm,
    &nrv__op_dist,
    &nrv__op_prod,
    &nrv__op_quantile,
    &nrv__op_nanquantile,
    &nrv__op_sum,
    &nrv__op_nansum,
    &nrv__op_var,
    &nrv__op_std,
    &nrv__op_var_mean,
    &nrv__op_std_mean,
    &nrv__op_all,
    &nrv__op_any,
    &nrv__op_count_nonzero,
    &nrv__op_rnn_cell,
    &nrv__op_gru_cell,
    &nrv__op_lstm_cell,
    &nrv__op_rnn,
    &nrv__op_lstm,
    &nrv__op_gru,
    &nrv__op_as_strided,
    &nrv__op_squeeze,
    &nrv__op_unsqueeze,
    &nrv__op_move_axes,
    &nrv__op_swap_axes,
    &nrv__op_adjoint,
    &nrv__op_merge_axes,
    &nrv__op_split_axis,
    &nrv__op_broadcast,
    &nrv__op_concat,
    &nrv__op_copy,
    &nrv__op_diagonal,
    &nrv__op_diag_embed,
    &nrv__op_diag,
    &nrv__op_diagflat,
    &nrv__op_trace,
    &nrv__op_block_diag,
    &nrv__op_flip,
    &nrv__op_flipud,
    &nrv__op_fliplr,
    &nrv__op_rot90,
    &nrv__op_roll,
    &nrv__op_meshgrid,
    &nrv__op_cartesian_prod,
    &nrv__op_combinations,
    &nrv__op_pad,
    &nrv__op_pad_with,
    &nrv__op_permute,
    &nrv__op_arange,
    &nrv__op_range,
    &nrv__op_linspace,
    &nrv__op_logspace,
    &nrv__op_eye,
    &nrv__op_full,
    &nrv__op_zeros,
    &nrv__op_ones,
    &nrv__op_full_like,
    &nrv__op_zeros_like,
    &nrv__op_ones_like,
    &nrv__op_rearrange,
    &nrv__op_repeat,
    &nrv__op_repeat_interleave,
    &nrv__op_reshape,
    &nrv__op_slice,
    &nrv__op_split,
    &nrv__op_chunk,
    &nrv__op_tensor_split,
    &nrv__op_hsplit,
    &nrv__op_vsplit,
    &nrv__op_dsplit,
    &nrv__op_unbind,
    &nrv__op_pick,
    &nrv__op_every,
    &nrv__op_stack,
    &nrv__op_hstack,
    &nrv__op_vstack,
    &nrv__op_dstack,
    &nrv__op_column_stack,
    &nrv__op_at_least_1d,
    &nrv__op_at_least_2d,
    &nrv__op_at_least_3d,
    &nrv__op_tril,
    &nrv__op_triu,
    &nrv__op_tril_indices,
    &nrv__op_triu_indices,
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
    &nrv__layer_relu6,
    &nrv__layer_elu,
    &nrv__layer_selu,
    &nrv__layer_celu,
    &nrv__layer_mish,
    &nrv__layer_hardtanh,
    &nrv__layer_hardsigmoid,
    &nrv__layer_hardswish,
    &nrv__layer_hardshrink,
    &nrv__layer_softshrink,
    &nrv__layer_tanhshrink,
    &nrv__layer_softsign,
    &nrv__layer_logsigmoid,
    &nrv__layer_threshold,
    &nrv__layer_glu,
    &nrv__layer_adaptive_log_softmax,
    &nrv__layer_batch_norm,
    &nrv__layer_conv1d,
    &nrv__layer_conv2d,
    &nrv__layer_conv3d,
    &nrv__layer_conv1d_transposed,
    &nrv__layer_conv2d_transposed,
    &nrv__layer_conv3d_transposed,
    &nrv__layer_dropout,
    &nrv__layer_dropout_channels,
    &nrv__layer_alpha_dropout,
    &nrv__layer_feature_alpha_dropout,
    &nrv__layer_flatten,
    &nrv__layer_identity,
    &nrv__layer_group_norm,
    &nrv__layer_instance_norm,
    &nrv__layer_upsample,
    &nrv__layer_pixel_shuffle,
    &nrv__layer_pixel_unshuffle,
    &nrv__layer_channel_shuffle,
    &nrv__layer_unfold,
    &nrv__layer_fold,
    &nrv__layer_constant_pad,
    &nrv__layer_reflection_pad,
    &nrv__layer_replication_pad,
    &nrv__layer_circular_pad,
    &nrv__layer_layer_norm,
    &nrv__layer_rms_norm,
    &nrv__layer_linear,
    &nrv__layer_multi_head_attention,
    &nrv__layer_parallel,
    &nrv__layer_max_pool,
    &nrv__layer_avg_pool,
    &nrv__layer_lp_pool,
    &nrv__layer_adaptive_avg_pool,
    &nrv__layer_adaptive_max_pool,
    &nrv__layer_avg_pool_global,
    &nrv__layer_max_pool_global,
    &nrv__layer_prelu_layer,
    &nrv__layer_repeat,
    &nrv__layer_residual,
    &nrv__layer_rnn,
    &nrv__layer_lstm,
    &nrv__layer_gru,
    &nrv__layer_transformer_encoder_layer,
    &nrv__layer_transformer_encoder,
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
    &nrv__kernel_attention_avx512,
    &nrv__kernel_attention_back_avx512,
#endif
#ifdef NRV__HAVE_AVX2
    &nrv__kernel_attention_avx2,
    &nrv__kernel_attention_back_avx2,
#endif
    &nrv__kernel_attention_baseline,
    &nrv__kernel_attention_back_baseline,
#ifdef NRV__HAVE_AVX512
    &nrv__kernel_channel_mix_avx512,
    &nrv__kernel_channel_mix_dx_avx512,
#endif
#ifdef NRV__HAVE_AVX2
    &nrv__kernel_channel_mix_avx2,
    &nrv__kernel_channel_mix_dx_avx2,
#endif
    &nrv__kernel_channel_mix_baseline,
    &nrv__kernel_channel_mix_dx_baseline,
#ifdef NRV__HAVE_AVX512
    &nrv__kernel_channel_mix_dw_avx512,
#endif
#ifdef NRV__HAVE_AVX2
    &nrv__kernel_channel_mix_dw_avx2,
#endif
    &nrv__kernel_channel_mix_dw_baseline,
#ifdef NRV__HAVE_AVX512
    &nrv__kernel_channel_moments_avx512,
    &nrv__kernel_channel_sums_avx512,
#endif
#ifdef NRV__HAVE_AVX2
    &nrv__kernel_channel_moments_avx2,
    &nrv__kernel_channel_sums_avx2,
#endif
    &nrv__kernel_channel_moments_baseline,
    &nrv__kernel_channel_sums_baseline,
#ifdef NRV__HAVE_AVX512
    &nrv__kernel_channelwise_avx512,
    &nrv__kernel_channelwise_dx_avx512,
#endif
#ifdef NRV__HAVE_AVX2
    &nrv__kernel_channelwise_avx2,
    &nrv__kernel_channelwise_dx_avx2,
#endif
    &nrv__kernel_channelwise_baseline,
    &nrv__kernel_channelwise_dx_baseline,
#ifdef NRV__HAVE_AVX512
    &nrv__kernel_channelwise_dw_avx512,
#endif
#ifdef NRV__HAVE_AVX2
    &nrv__kernel_channelwise_dw_avx2,
#endif
    &nrv__kernel_channelwise_dw_baseline,
#ifdef NRV__HAVE_AVX512
    &nrv__kernel_conv_avx512,
    &nrv__kernel_conv_dx_avx512,
#endif
#ifdef NRV__HAVE_AVX2
    &nrv__kernel_conv_avx2,
    &nrv__kernel_conv_dx_avx2,
#endif
    &nrv__kernel_conv_baseline,
    &nrv__kernel_conv_dx_baseline,
#ifdef NRV__HAVE_AVX512
    &nrv__kernel_conv_dw_avx512,
#endif
#ifdef NRV__HAVE_AVX2
    &nrv__kernel_conv_dw_avx2,
#endif
    &nrv__kernel_conv_dw_baseline,
#ifdef NRV__HAVE_AVX512
    &nrv__kernel_conv_dw_dots_avx512,
#endif
#ifdef NRV__HAVE_AVX2
    &nrv__kernel_conv_dw_dots_avx2,
#endif
    &nrv__kernel_conv_dw_dots_baseline,
#ifdef NRV__HAVE_AVX512
    &nrv__kernel_copy_avx512,
#endif
#ifdef NRV__HAVE_AVX2
    &nrv__kernel_copy_avx2,
#endif
    &nrv__kernel_copy_baseline,
#ifdef NRV__HAVE_AVX512
    &nrv__kernel_fft_avx512,
#endif
#ifdef NRV__HAVE_AVX2
    &nrv__kernel_fft_avx2,
#endif
    &nrv__kernel_fft_baseline,
#ifdef NRV__HAVE_AVX512
    &nrv__kernel_gemm_avx512,
#endif
#ifdef NRV__HAVE_AVX2
    &nrv__kernel_gemm_avx2,
#endif
    &nrv__kernel_gemm_baseline,
#ifdef NRV__HAVE_AVX512
    &nrv__kernel_gemm_vnni_avx512,
    &nrv__kernel_gemm_bytes_avx512,
    &nrv__kernel_linear_vnni_avx512,
    &nrv__kernel_linear_bytes_avx512,
#endif
#ifdef NRV__HAVE_AVX2
    &nrv__kernel_gemm_vnni_avx2,
    &nrv__kernel_gemm_bytes_avx2,
    &nrv__kernel_linear_vnni_avx2,
    &nrv__kernel_linear_bytes_avx2,
#endif
    &nrv__kernel_gemm_vnni_baseline,
    &nrv__kernel_gemm_bytes_baseline,
    &nrv__kernel_linear_vnni_baseline,
    &nrv__kernel_linear_bytes_baseline,
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
    &nrv__kernel_csr_rows_avx512,
    &nrv__kernel_csr_sorted_avx512,
    &nrv__kernel_csr_matmul_avx512,
    &nrv__kernel_read_avx512,
    &nrv__kernel_write_avx512,
#endif
#ifdef NRV__HAVE_AVX2
    &nrv__kernel_gather_avx2,
    &nrv__kernel_take_avx2,
    &nrv__kernel_scatter_add_avx2,
    &nrv__kernel_segment_max_avx2,
    &nrv__kernel_csr_rows_avx2,
    &nrv__kernel_csr_sorted_avx2,
    &nrv__kernel_csr_matmul_avx2,
    &nrv__kernel_read_avx2,
    &nrv__kernel_write_avx2,
#endif
    &nrv__kernel_gather_baseline,
    &nrv__kernel_take_baseline,
    &nrv__kernel_scatter_add_baseline,
    &nrv__kernel_segment_max_baseline,
    &nrv__kernel_csr_rows_baseline,
    &nrv__kernel_csr_sorted_baseline,
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
    &nrv__kernel_layer_norm_avx512,
    &nrv__kernel_rms_norm_avx512,
    &nrv__kernel_norm_dx_avx512,
    &nrv__kernel_norm_dw_avx512,
    &nrv__kernel_norm_back_avx512,
#endif
#ifdef NRV__HAVE_AVX2
    &nrv__kernel_layer_norm_avx2,
    &nrv__kernel_rms_norm_avx2,
    &nrv__kernel_norm_dx_avx2,
    &nrv__kernel_norm_dw_avx2,
    &nrv__kernel_norm_back_avx2,
#endif
    &nrv__kernel_layer_norm_baseline,
    &nrv__kernel_rms_norm_baseline,
    &nrv__kernel_norm_dx_baseline,
    &nrv__kernel_norm_dw_baseline,
    &nrv__kernel_norm_back_baseline,
#ifdef NRV__HAVE_AVX512
    &nrv__kernel_pad_avx512,
#endif
#ifdef NRV__HAVE_AVX2
    &nrv__kernel_pad_avx2,
#endif
    &nrv__kernel_pad_baseline,
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
    &nrv__kernel_cumsum_avx512,
    &nrv__kernel_linear_scan_avx512,
#endif
#ifdef NRV__HAVE_AVX2
    &nrv__kernel_cumsum_avx2,
    &nrv__kernel_linear_scan_avx2,
#endif
    &nrv__kernel_cumsum_baseline,
    &nrv__kernel_linear_scan_baseline,
#ifdef NRV__HAVE_AVX512
    &nrv__kernel_softmax_avx512,
    &nrv__kernel_log_softmax_avx512,
    &nrv__kernel_softmax_dx_avx512,
    &nrv__kernel_log_softmax_dx_avx512,
    &nrv__kernel_class_loss_dx_avx512,
#endif
#ifdef NRV__HAVE_AVX2
    &nrv__kernel_softmax_avx2,
    &nrv__kernel_log_softmax_avx2,
    &nrv__kernel_softmax_dx_avx2,
    &nrv__kernel_log_softmax_dx_avx2,
    &nrv__kernel_class_loss_dx_avx2,
#endif
    &nrv__kernel_softmax_baseline,
    &nrv__kernel_log_softmax_baseline,
    &nrv__kernel_softmax_dx_baseline,
    &nrv__kernel_log_softmax_dx_baseline,
    &nrv__kernel_class_loss_dx_baseline,
#ifdef NRV__HAVE_AVX512
    &nrv__kernel_argsort_avx512,
#endif
#ifdef NRV__HAVE_AVX2
    &nrv__kernel_argsort_avx2,
#endif
    &nrv__kernel_argsort_baseline,
    NULL
};

const nrv__point *const nrv__points[] = {
#ifdef NRV__HAVE_AVX512
    nrv__points_pairs_avx512,
#endif
#ifdef NRV__HAVE_AVX2
    nrv__points_pairs_avx2,
#endif
    nrv__points_pairs_baseline,
#ifdef NRV__HAVE_AVX512
    nrv__points_pointwise_avx512,
#endif
#ifdef NRV__HAVE_AVX2
    nrv__points_pointwise_avx2,
#endif
    nrv__points_pointwise_baseline,
#ifdef NRV__HAVE_AVX512
    nrv__points_types_avx512,
#endif
#ifdef NRV__HAVE_AVX2
    nrv__points_types_avx2,
#endif
    nrv__points_types_baseline,
    NULL
};

const nrv__fused *const nrv__fuses[] = {
#ifdef NRV__HAVE_AVX512
    nrv__fused_chains_avx512,
#endif
#ifdef NRV__HAVE_AVX2
    nrv__fused_chains_avx2,
#endif
    nrv__fused_chains_baseline,
    NULL
};
