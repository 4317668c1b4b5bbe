/* test_weights.c - ops on given weights against PyTorch 1.13.1 in float64: values of all outputs and slopes by all
   inputs.

   Inputs are waves: element i of real input k is 0.8 sin(0.7 i + 0.3 + k), one more where it is a variance. Output o is
   held by its sum with cos(0.3 i + 0.2 + o); the gradient of all these sums by its product with cos(0.5 i + k), for all
   inputs but running statistics and vectors of an iteration. A number is wrong if any element is, or its place.
   Does not do: shapes and names one by one - conformance.torch does, where PyTorch or its files are. */
#include "support/cases.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

typedef struct weights_row {
    const char *op, *text, *sums, *slope;
} weights_row;

static const weights_row weights_rows[] = {
    { "batch_norm", "x[3,4,5], w[4], b[4], training=true, eps=0.1", "8.23718696375945", "8.77099695027444" },
    { "batch_norm", "x[2,4,3,3], w[4], b[4], rm[4], rv[4], training=false, eps=1e-05", "2.89362760273326",
      "-4.4691372937115" },
    { "batch_norm_running", "x[3,4,5], rm[4], rv[4], momentum=0.7", "0.496300906280063 0.0582895979713365", NULL },
    { "group_norm", "x[3,4,5], w[4], b[4], groups=2, eps=1e-05", "8.49592852210164", "4.09678793665226" },
    { "layer_norm", "x[3,4,5], w[5], b[5], normalized_shape=5, eps=1e-05", "2.58471469593773", "9.22946884991101" },
    { "layer_norm", "x[2,4,3,3], w[3,3], b[3,3], normalized_shape=3 3, eps=1e-05", "-0.100783909353511",
      "-2.97748730147903" },
    { "instance_norm", "x[2,4,3,3], w[4], b[4], eps=0.01", "4.77852293450458", "-1.17918586461589" },
    { "instance_norm", "x[3,4,5], rm[4], rv[4], use_input_stats=false", "6.72916768216643", "-2.36264112803814" },
    { "instance_norm_running", "x[3,4,5], rm[4], rv[4], momentum=0.3", "1.09232585855041 0.249460292507093", NULL },
    { "local_response_norm", "x[3,4,5], size=2, alpha=0.5, beta=0.75, k=2.0", "0.824213510338122",
      "-0.818041561255264" },
    { "local_response_norm", "x[3,4,5], size=3, alpha=1.0, beta=0.5, k=1.0", "1.3032488565189", "-1.39804271414165" },
    { "normalize", "x[6,4], p=2, dim=1", "1.92958681730028", "-1.877717331286" },
    { "normalize", "x[6,4], p=1.5, dim=0", "1.41401969880212", "-1.54818645787668" },
    { "renorm", "x[4,3], p=2, dim=0, maxnorm=1.5", "1.07927906307399", "3.04510537222094" },
    { "renorm", "x[4,3], p=3, dim=1, maxnorm=1.5", "1.07927906307399", "3.04510537222094" },
    { "weight_norm", "v[3,4,2], g[1,4,1], dim=1", "0.615735829223767", "-1.14102848414467" },
    { "weight_norm", "v[3,4], g[], dim=null", "0.414782261015572", "1.04806523814094" },
    { "spectral_norm", "w[2,3,2], u[2], n_power_iterations=1", "1.10571687643831 0.237857129528942 -1.43629166185154",
      "3.11613493487742" },
    { "spectral_norm", "w[4,4], u[4], n_power_iterations=5", "0.382502500097713 0.244530018943175 -1.47408990286187",
      "0.513737732565207" },
    { "linear", "x[2,3,4], w[2,4], b[2]", "-0.684717338803176", "0.576020138448269" },
    { "linear", "input[4], weight[2,4]", "-0.214997272556784", "-1.80163496951918" },
    { "linear", "x[4], w[4], b[]", "1.40078254136781", "0.564180140256369" },
    { "bilinear", "a[2,3,3], b[2,3,2], w[5,3,2], c[5]", "-0.273314331188804", "-0.524683591143626" },
    { "bilinear", "input1[4,3], input2[4,2], weight[5,3,2]", "-0.867202453910578", "0.512397608110987" },
    { "pairwise_distance", "a[3,4], b[3,4], p=2, eps=1e-06, keepdim=false", "2.61242498615538", "2.34396591212663" },
    { "pairwise_distance", "a[2,3,4], b[3,4], p=3, eps=1e-06, keepdim=true", "2.74220273991655", "1.20458404335772" },
    { "cdist", "a[2,3,4], b[2,5,4], p=2", "0.942041614193566", "-7.1385458247548" },
    { "cdist", "a[3,4], b[2,4], p=1.5", "5.84887422527036", "5.59445411951362" },
    { "pdist", "x[4,3], p=1", "6.20793440623338", "5.45773130089951" },
    { "pdist", "x[4,3], p=3", "3.46103018359763", "3.21625222234096" },
    { "cosine_similarity", "a[2,3,5], b[3,5], dim=1", "4.93763371237339", "0.120822221597516" },
    { "cosine_similarity", "a[3,4], b[3,4], dim=0", "1.71471661268708", "1.03452236655971" },
    { "multi_head_attention",
      "q[4,2,8], k[5,2,8], v[5,2,8], in_proj_weight[24,8], in_proj_bias[24], out_proj.weight[8,8], out_proj.bias[8], "
      "heads=2",
      "6.14184087842154 0.863724670166867", "-48.0491917384734" },
    { "multi_head_attention",
      "q[4,2,8], k[5,2,8], v[5,2,8], in_proj_weight[24,8], out_proj.weight[8,8], attn_mask:bool[4,5]{0, 1, 1, 1, 1, 0, "
      "0, 1, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1}, heads=2",
      "9.4463124279168 0.913216902468484", "-64.6281452927267" },
    { "multi_head_attention",
      "q[4,2,8], k[5,2,8], v[5,2,8], in_proj_weight[24,8], in_proj_bias[24], out_proj.weight[8,8], out_proj.bias[8], "
      "key_padding_mask:bool[2,5]{0, 0, 1, 0, 1, 0, 0, 0, 0, 1}, heads=2, average_attn_weights=false",
      "9.52723451745585 2.0668337257031", "-133.199253707748" },
    { "multi_head_attention",
      "q[2,4,8], k[2,5,8], v[2,5,8], in_proj_weight[24,8], in_proj_bias[24], out_proj.weight[8,8], out_proj.bias[8], "
      "attn_mask[4,5], heads=2, batch_first=true",
      "20.2447655653945 0.425246946460975", "21.3014471358288" },
    { "multi_head_attention",
      "q[4,2,8], k[5,2,3], v[5,2,2], q_proj_weight[8,8], k_proj_weight[8,3], v_proj_weight[8,2], in_proj_bias[24], "
      "out_proj.weight[8,8], out_proj.bias[8], attn_mask:bool[4,5]{0, 1, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 0, 0, "
      "0, 0, 1}, key_padding_mask:bool[2,5]{0, 1, 0, 0, 0, 0, 1, 0, 0, 0}, heads=2",
      "1.21929194015941 0.505566920058516", "8.81417801896372" },
    { "multi_head_attention",
      "q[4,2,8], k[5,2,8], v[5,2,8], in_proj_weight[24,8], in_proj_bias[24], bias_k[1,1,8], bias_v[1,1,8], "
      "out_proj.weight[8,8], out_proj.bias[8], attn_mask:bool[4,5]{0, 1, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 0, 0, "
      "0, 0, 1}, heads=2",
      "-6.76209821133024 -0.258943589291739", "64.7963652266507" },
    { "multi_head_attention",
      "q[4,2,8], k[5,2,8], v[5,2,8], in_proj_weight[24,8], in_proj_bias[24], out_proj.weight[8,8], out_proj.bias[8], "
      "attn_mask[4,4,5], heads=2, add_zero_attn=true",
      "5.58520026039539 -0.322293564786139", "-44.4177591587366" },
    { "multi_head_attention",
      "q[4,2,8], k[5,2,8], v[5,2,8], in_proj_weight[24,8], in_proj_bias[24], bias_k[1,1,8], bias_v[1,1,8], "
      "out_proj.weight[8,8], out_proj.bias[8], key_padding_mask:bool[2,5]{0, 1, 0, 0, 0, 0, 1, 0, 0, 0}, heads=2, "
      "add_zero_attn=true, need_weights=false",
      "-0.819408409756605", "-51.1557725450972" },
    { "multi_head_attention",
      "q[3,4], k[2,4], v[2,4], in_proj_weight[12,4], in_proj_bias[12], out_proj.weight[4,4], out_proj.bias[4], heads=2",
      "-0.588485940193841 -1.05805462053207", "-0.511991085114348" },
    { "transformer_encoder_layer",
      "x[5,2,8], self_attn.in_proj_weight[24,8], self_attn.in_proj_bias[24], self_attn.out_proj.weight[8,8], "
      "self_attn.out_proj.bias[8], linear1.weight[16,8], linear1.bias[16], linear2.weight[8,16], linear2.bias[8], "
      "norm1.weight[8], norm1.bias[8], norm2.weight[8], norm2.bias[8], heads=2, norm_first=false, activation=relu, "
      "batch_first=false, layer_norm_eps=1e-05, dropout=0",
      "-0.165534047223509", "0.654339618393268" },
    { "transformer_encoder_layer",
      "x[5,2,8], self_attn.in_proj_weight[24,8], self_attn.in_proj_bias[24], self_attn.out_proj.weight[8,8], "
      "self_attn.out_proj.bias[8], linear1.weight[16,8], linear1.bias[16], linear2.weight[8,16], linear2.bias[8], "
      "norm1.weight[8], norm1.bias[8], norm2.weight[8], norm2.bias[8], src_mask:bool[5,5]{0, 1, 1, 1, 1, 0, 0, 1, 1, "
      "1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0}, src_key_padding_mask:bool[2,5]{0, 0, 0, 1, 1, 0, 0, 0, 0, 1}, "
      "heads=2, norm_first=true, activation=gelu, batch_first=false, layer_norm_eps=1e-05, dropout=0",
      "2.29906459868161", "-31.8297468673902" },
    { "transformer_decoder_layer",
      "x[5,2,8], memory[3,2,8], self_attn.in_proj_weight[24,8], self_attn.in_proj_bias[24], "
      "self_attn.out_proj.weight[8,8], self_attn.out_proj.bias[8], multihead_attn.in_proj_weight[24,8], "
      "multihead_attn.in_proj_bias[24], multihead_attn.out_proj.weight[8,8], multihead_attn.out_proj.bias[8], "
      "linear1.weight[16,8], linear1.bias[16], linear2.weight[8,16], linear2.bias[8], norm1.weight[8], norm1.bias[8], "
      "norm2.weight[8], norm2.bias[8], norm3.weight[8], norm3.bias[8], heads=2, norm_first=false, activation=relu, "
      "batch_first=false, layer_norm_eps=1e-05, dropout=0",
      "0.00743365554336881", "2.50769136589533" },
    { "transformer_decoder_layer",
      "x[2,5,8], memory[2,3,8], self_attn.in_proj_weight[24,8], self_attn.in_proj_bias[24], "
      "self_attn.out_proj.weight[8,8], self_attn.out_proj.bias[8], multihead_attn.in_proj_weight[24,8], "
      "multihead_attn.in_proj_bias[24], multihead_attn.out_proj.weight[8,8], multihead_attn.out_proj.bias[8], "
      "linear1.weight[16,8], linear1.bias[16], linear2.weight[8,16], linear2.bias[8], norm1.weight[8], norm1.bias[8], "
      "norm2.weight[8], norm2.bias[8], norm3.weight[8], norm3.bias[8], tgt_mask:bool[5,5]{0, 1, 1, 1, 1, 0, 0, 1, 1, "
      "1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0}, memory_mask:bool[5,3]{0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, "
      "0, 0}, heads=2, norm_first=true, activation=relu, batch_first=true, layer_norm_eps=1e-05, dropout=0",
      "-12.3645606607956", "9.47986638077152" },
    { "attention", "q[2,2,3,4], k[2,2,5,4], v[2,2,5,3], is_causal=true", "-1.91127216344845", "-0.911315309987348" },
    { "attention",
      "q[2,2,3,4], k[2,2,5,4], v[2,2,5,3], attn_mask:bool[3,5]{1, 1, 1, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0, 1, 1}, scale=0.3",
      "2.31087224706028", "0.553462921546401" },
    { "attention", "q[2,2,3,4], k[2,2,5,4], v[2,2,5,3], attn_mask[2,3,5]", "0.3242326375668", "1.26424855345668" },
    { "attention", "q[2,6,3,4], k[2,2,5,4], v[2,2,5,3], enable_gqa=true, is_causal=true", "-2.538413329474",
      "0.914758185016957" },
    { "rnn",
      "x[5,2,3], h0[2,2,4], weight_ih_l0[4,3], weight_hh_l0[4,4], weight_ih_l1[4,4], weight_hh_l1[4,4], layers=2, "
      "bidirectional=false, nonlinearity=tanh, batch_first=false",
      "0.81307428983281 0.397306823598042", "2.13338625534512" },
    { "rnn",
      "x[2,5,3], h0[4,2,3], weight_ih_l0[3,3], weight_hh_l0[3,3], bias_ih_l0[3], bias_hh_l0[3], "
      "weight_ih_l0_reverse[3,3], weight_hh_l0_reverse[3,3], bias_ih_l0_reverse[3], bias_hh_l0_reverse[3], "
      "weight_ih_l1[3,6], weight_hh_l1[3,3], bias_ih_l1[3], bias_hh_l1[3], weight_ih_l1_reverse[3,6], "
      "weight_hh_l1_reverse[3,3], bias_ih_l1_reverse[3], bias_hh_l1_reverse[3], layers=2, bidirectional=true, "
      "nonlinearity=tanh, batch_first=true",
      "1.14000657020806 1.24040922641102", "6.74602774107381" },
    { "rnn",
      "x[2,5,3], h0[4,2,3], weight_ih_l0[3,3], weight_hh_l0[3,3], bias_ih_l0[3], bias_hh_l0[3], "
      "weight_ih_l0_reverse[3,3], weight_hh_l0_reverse[3,3], bias_ih_l0_reverse[3], bias_hh_l0_reverse[3], "
      "weight_ih_l1[3,6], weight_hh_l1[3,3], bias_ih_l1[3], bias_hh_l1[3], weight_ih_l1_reverse[3,6], "
      "weight_hh_l1_reverse[3,3], bias_ih_l1_reverse[3], bias_hh_l1_reverse[3], lengths:i64[2]{2, 4}, layers=2, "
      "bidirectional=true, nonlinearity=tanh, batch_first=true",
      "1.27531762599776 1.490496231909", "1.92211288224409" },
    { "rnn",
      "x[5,2,3], h0[2,2,4], weight_ih_l0[4,3], weight_hh_l0[4,4], bias_ih_l0[4], bias_hh_l0[4], weight_ih_l1[4,4], "
      "weight_hh_l1[4,4], bias_ih_l1[4], bias_hh_l1[4], layers=2, bidirectional=false, nonlinearity=relu, "
      "batch_first=false",
      "-9.63458586415014 -12.1183186242185", "-68.2576317019575" },
    { "lstm",
      "x[5,2,3], h0[1,2,4], c0[1,2,4], weight_ih_l0[16,3], weight_hh_l0[16,4], bias_ih_l0[16], bias_hh_l0[16], "
      "layers=1, bidirectional=false, batch_first=false",
      "1.05427168696854 0.115240141532294 0.747899292253333", "6.37234212625666" },
    { "lstm",
      "x[5,2,3], weight_ih_l0[12,3], weight_hh_l0[12,3], bias_ih_l0[12], bias_hh_l0[12], weight_ih_l0_reverse[12,3], "
      "weight_hh_l0_reverse[12,3], bias_ih_l0_reverse[12], bias_hh_l0_reverse[12], layers=1, bidirectional=true, "
      "batch_first=false",
      "0.0405479414498466 -0.0977950541044841 -1.10546331353993", "-0.784863232168169" },
    { "lstm",
      "x[5,2,3], h0[4,2,2], c0[4,2,4], weight_ih_l0[16,3], weight_hh_l0[16,2], bias_ih_l0[16], bias_hh_l0[16], "
      "weight_hr_l0[2,4], weight_ih_l0_reverse[16,3], weight_hh_l0_reverse[16,2], bias_ih_l0_reverse[16], "
      "bias_hh_l0_reverse[16], weight_hr_l0_reverse[2,4], weight_ih_l1[16,4], weight_hh_l1[16,2], bias_ih_l1[16], "
      "bias_hh_l1[16], weight_hr_l1[2,4], weight_ih_l1_reverse[16,4], weight_hh_l1_reverse[16,2], "
      "bias_ih_l1_reverse[16], bias_hh_l1_reverse[16], weight_hr_l1_reverse[2,4], layers=2, bidirectional=true, "
      "batch_first=false",
      "0.204521234406511 0.541253723246877 -3.17492835340478", "2.02110056939198" },
    { "lstm",
      "x[5,2,3], h0[1,2,1], c0[1,2,3], weight_ih_l0[12,3], weight_hh_l0[12,1], bias_ih_l0[12], bias_hh_l0[12], "
      "weight_hr_l0[1,3], lengths:i64[2]{1, 5}, layers=1, bidirectional=false, batch_first=false",
      "0.437798959703173 -0.199287403627524 3.47545328299884", "8.86679435406312" },
    { "gru",
      "x[5,2,3], h0[2,2,4], weight_ih_l0[12,3], weight_hh_l0[12,4], weight_ih_l1[12,4], weight_hh_l1[12,4], layers=2, "
      "bidirectional=false, batch_first=false",
      "0.947605447138012 -0.924460194936317", "-1.6130604858759" },
    { "gru",
      "x[2,5,3], h0[4,2,3], weight_ih_l0[9,3], weight_hh_l0[9,3], bias_ih_l0[9], bias_hh_l0[9], "
      "weight_ih_l0_reverse[9,3], weight_hh_l0_reverse[9,3], bias_ih_l0_reverse[9], bias_hh_l0_reverse[9], "
      "weight_ih_l1[9,6], weight_hh_l1[9,3], bias_ih_l1[9], bias_hh_l1[9], weight_ih_l1_reverse[9,6], "
      "weight_hh_l1_reverse[9,3], bias_ih_l1_reverse[9], bias_hh_l1_reverse[9], layers=2, bidirectional=true, "
      "batch_first=true",
      "0.0952074916735564 -1.25786566026405", "0.099541007792276" },
    { "gru",
      "x[5,3], h0[2,3], weight_ih_l0[9,3], weight_hh_l0[9,3], bias_ih_l0[9], bias_hh_l0[9], weight_ih_l0_reverse[9,3], "
      "weight_hh_l0_reverse[9,3], bias_ih_l0_reverse[9], bias_hh_l0_reverse[9], layers=1, bidirectional=true, "
      "batch_first=false",
      "0.327079341432273 -0.318107294186815", "1.71113230228657" },
    { "rnn_cell", "x[2,3], h[2,4], weight_ih[4,3], weight_hh[4,4], bias_ih[4], bias_hh[4], nonlinearity=relu",
      "-0.173614331608774", "1.65953110553849" },
    { "lstm_cell", "x[2,3], h[2,4], c[2,4], weight_ih[16,3], weight_hh[16,4], bias_ih[16], bias_hh[16]",
      "0.152389281193055 0.738660799908234", "-0.173737025681268" },
    { "gru_cell", "x[2,3], h[2,4], weight_ih[12,3], weight_hh[12,4], bias_ih[12], bias_hh[12]", "1.78711562058714",
      "2.05633429430197" },
    { "gru_cell", "x[2,3], weight_ih[12,3], weight_hh[12,4], bias=false", "0.412605848592158", "0.983839842892724" },
    { "lstm_cell", "x[3], h[4], c[4], weight_ih[16,3], weight_hh[16,4], bias_ih[16], bias_hh[16]",
      "0.239717777959414 -0.275101925272715", "-1.05316685136151" },
    { "dropout", "x[3,5], u[3,5], p=0.2", "-0.0386112360444686", "2.43075839420119" },
    { "dropout_channels", "x[2,3,4], u[2,3,1], p=0.2", "1.34909882884249", "3.80638171527618" },
    { "alpha_dropout", "x[3,5], u[3,5], p=0.2, training=true", "2.39420189039805", "1.7091218105191" },
    { "feature_alpha_dropout", "x[2,3,4], u[2,3,1], p=0.2, training=true", "-5.02408251542304", "2.67635402360814" },
    { "rms_norm", "x[2,3,4], w[3,4], normalized_shape=3 4, eps=0.01", "0.302913128309074", "-2.3890086035975" },
    { "rms_norm", "x[3,5]", "1.65129766557421", "-0.157383815013644" },
    { "identity", "x[3,5]", "0.802059857985686", "1.49257678087383" },
    { "sinusoidal_positions", "p:i64{0, 1, 5, 40}, size=6, base=100", "-0.0529234827749809", NULL },
    { "alibi", "heads=4, T=3, L=5, offset:i64[]{2}", "1.52184860527621", NULL },
    { "alibi", "heads=6, T=4, L=4, offset:i64[]{0}", "4.09937779373492", NULL },
    { "alibi", "heads=3, T=2, L=6, offset:i64[]{1}", "3.20536992653023", NULL },
    { "relative_scores", "q[2,5,4], table[5,4], L=6", "5.02284328767993", "11.5310870914485" },
    { "relative_values", "p[2,5,6], table[5,4]", "-7.28080021618652", "9.76236403758385" },
    { "relative_buckets", "d:i64{-300, -127, -60, -33, -16, -9, -8, -7, -1, 0, 1, 5, 8, 9, 20, 50, 129, 400}",
      "-17.6023974587831", NULL },
    { "relative_buckets",
      "d:i64{-300, -127, -60, -33, -16, -9, -8, -7, -1, 0, 1, 5, 8, 9, 20, 50, 129, 400}, bidirectional=false, "
      "num_buckets=8, max_distance=20",
      "15.2033637855553", NULL },
    { "attention_weights", "q[2,3,4], k[2,5,4], causal=1", "0.570421175595459", "0.0509240593327757" },
    { "rotary", "x[2,3,4], p:i64{0, 1, 5}, base=100", "0.631146514486745", "-0.486471287365017" },
};

static bool weights_still(const char *name)
{
    return !strcmp(name, "rm") || !strcmp(name, "rv") || !strcmp(name, "u");
}

/* cos(step i + from) in the shape of x, or the inputs' waves */
static nrv_tensor weights_wave(nrv_tensor x, double step, double from)
{
    nrv_tensor i = nrv_reshape(nrv_iota(x->g, NRV_F64, case_elements(x)), nrv_shape_of(x));
    return nrv_cos(nrv_add_c(nrv_mul_c(i, step), from));
}

static void weights_feed(op_case *c)
{
    for (int k = 0; k < c->n_x; k++) {
        bool variance = !strcmp(c->x[k].name, "rv");
        for (int64_t i = 0; i < c->x[k].n && nrv__dtype_real(c->x[k].type); i++)
            c->x[k].value[i] = 0.8 * sin(0.7 * (double)i + 0.3 + k) + variance;
    }
}

static void weights_near(const op_case *c, nrv_tensor y, double want, const char *what)
{
    double got = NAN;
    if (!y || nrv_eval(y, &got, sizeof got) != NRV_OK)
        fail_msg("%s \"%s\": %s", c->op->name, c->text, nrv_graph_why(y ? y->g : NULL));
    if (!(fabs(got - want) <= 1e-11 * fmax(1, fabs(want))))
        fail_msg("%s \"%s\": the sum of %s is %.15g, %.15g is wanted", c->op->name, c->text, what, got, want);
}

/* the sums of all outputs, held to those wanted; their sum */
static nrv_tensor weights_sums(const op_case *c, nrv__case *made, const char *want)
{
    nrv_tensor y = c->op->make(made), all = NULL;
    if (!y)
        fail_msg("%s \"%s\": %s", c->op->name, c->text, nrv_graph_why(made->g));
    for (int o = 0; *want; o++) {
        char *end;
        double number = strtod(want, &end);
        assert_true(end != want && o <= made->n_also);
        nrv_tensor out = nrv_cast(o ? made->also[o - 1] : y, NRV_F64);
        nrv_tensor sum = nrv_sum_all(nrv_mul(out, weights_wave(out, 0.3, 0.2 + o)));
        weights_near(c, sum, number, "an output");
        all = all ? nrv_add(all, sum) : sum;
        want = end;
    }
    return all;
}

static void weights_slope(const op_case *c, nrv_tensor all, const nrv_tensor *x, double want)
{
    nrv_tensor by[CASE_INPUTS], dx[CASE_INPUTS], sum = NULL;
    double from[CASE_INPUTS];
    int n = 0;
    for (int k = 0; k < c->n_x; k++)
        if (nrv__dtype_real(c->x[k].type) && !weights_still(c->x[k].name)) {
            from[n] = k;
            by[n++] = x[k];
        }
    nrv_grad(all, NULL, n, by, dx);
    for (int k = 0; k < n; k++) {
        nrv_tensor part = nrv_sum_all(nrv_mul(dx[k], weights_wave(dx[k], 0.5, from[k])));
        sum = sum ? nrv_add(sum, part) : part;
    }
    weights_near(c, sum, want, "the slopes");
}

static void weights_row_holds(const weights_row *row)
{
    op_case c;
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, NRV_EVAL);
    const nrv__opdef *op = nrv__op_find(row->op, strlen(row->op));
    assert_non_null(op);
    if (!case_read(&c, op, row->text, NRV_F64))
        fail_msg("%s \"%s\": %s", row->op, row->text, c.wrong);
    weights_feed(&c);
    nrv__case made = { .g = g, .name = "case", .n_x = c.n_x, .n_arg = c.n_arg };
    memcpy(made.arg, c.arg, sizeof made.arg);
    for (int i = 0; i < c.n_x; i++) {
        nrv_shape shape = { c.x[i].rank, { 0 } };
        memcpy(shape.dim, c.x[i].dim, sizeof shape.dim);
        made.x[i] = nrv_input(g, c.x[i].name, c.x[i].type, shape);
        made.x_name[i] = c.x[i].name;
        case_feed(made.x[i], c.x[i].value, c.x[i].n);
    }
    nrv_tensor all = weights_sums(&c, &made, row->sums);
    if (row->slope)
        weights_slope(&c, all, made.x, strtod(row->slope, NULL));
    case_free(&c);
    nrv_graph_free(g);
    nrv_store_free(s);
}

static void as_pytorch_has_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof weights_rows / sizeof *weights_rows; i++)
        weights_row_holds(&weights_rows[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(as_pytorch_has_it) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
