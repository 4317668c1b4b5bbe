/* onednn.cpp - oneDNN's primitives in layouts of its own choice: convolution and its gradients, LSTM, GRU, softmax, layer
   norm, element-wise functions. onednn conv forward 64x3x32x32 32 3x3 pad 1; onednn lstm 64x32x256 both.

   Promises: what turns layouts around is not in the times, which flatters it; `both` is the forward pass of training and
   the backward pass after it. Works with oneDNN 2 and 3. Does not do: check results, which is oneDNN's business. */
#include "peer.h"
#include <oneapi/dnnl/dnnl.hpp>
#include <oneapi/dnnl/dnnl_version.h>
#include <string>
#include <unordered_map>
#include <vector>

using dnnl::algorithm;
using dnnl::memory;
using dnnl::prop_kind;
using dims = memory::dims;
using tag = memory::format_tag;
using arguments = std::unordered_map<int, memory>;

#if DNNL_VERSION_MAJOR >= 3
#define FORWARD(what, ...)        dnnl::what::primitive_desc(engine, __VA_ARGS__)
#define BACKWARD(what, hint, ...) dnnl::what::primitive_desc(engine, __VA_ARGS__, hint)
#else
#define FORWARD(what, ...)        dnnl::what::primitive_desc(dnnl::what::desc(__VA_ARGS__), engine)
#define BACKWARD(what, hint, ...) dnnl::what::primitive_desc(dnnl::what::desc(__VA_ARGS__), engine, hint)
#endif

static dnnl::engine engine(dnnl::engine::kind::cpu, 0);
static dnnl::stream stream(engine);

struct job {
    std::vector<std::pair<dnnl::primitive, arguments>> steps;
};

static void run(void *user)
{
    for (auto &step : static_cast<job *>(user)->steps)
        step.first.execute(stream, step.second);
    stream.wait();
}

static memory::desc desc(const dims &d, tag t)
{
    return memory::desc(d, memory::data_type::f32, t);
}

static memory filled(const memory::desc &d)
{
    memory m(d, engine);
    auto *p = static_cast<float *>(m.get_data_handle());
    uint32_t s = 1;
    for (size_t i = 0; p && i < d.get_size() / 4; i++) {
        s = s * 1664525u + 1013904223u;
        p[i] = static_cast<float>(static_cast<int32_t>(s)) * 0x1p-31f;
    }
    return m;
}

/* conv WHICH BxCxHxW O KxK [stride N] [pad N] [dilation N] [groups N] */
static bool conv(job &j, const std::vector<std::string> &words)
{
    long x[4], o, k[2], option[4] = { 1, 0, 1, 1 };
    const char *const names[] = { "stride", "pad", "dilation", "groups" };
    if (words.size() < 5 || peer_lengths(words[2].c_str(), x, 4) != 4 || peer_lengths(words[3].c_str(), &o, 1) != 1 ||
        peer_lengths(words[4].c_str(), k, 2) != 2)
        return false;
    for (size_t i = 5; i + 1 < words.size(); i += 2)
        for (int n = 0; n < 4; n++)
            if (words[i] == names[n])
                option[n] = strtol(words[i + 1].c_str(), nullptr, 10);
    const long s = option[0], pad = option[1], d = option[2], g = option[3];
    auto places = [&](long n, long size) { return (n + 2 * pad - d * (size - 1) - 1) / s + 1; };
    auto in = desc({ x[0], x[1], x[2], x[3] }, tag::any);
    auto out = desc({ x[0], o, places(x[2], k[0]), places(x[3], k[1]) }, tag::any);
    auto w = g > 1 ? desc({ g, o / g, x[1] / g, k[0], k[1] }, tag::any) : desc({ o, x[1], k[0], k[1] }, tag::any);
    const dims strides{ s, s }, wide{ d - 1, d - 1 }, room{ pad, pad };
    const auto how = algorithm::convolution_direct;
    auto f = FORWARD(convolution_forward, prop_kind::forward_training, how, in, w, out, strides, wide, room, room);
    if (words[1] == "forward") {
        j.steps.push_back({ dnnl::convolution_forward(f),
                            { { DNNL_ARG_SRC, filled(f.src_desc()) },
                              { DNNL_ARG_WEIGHTS, filled(f.weights_desc()) },
                              { DNNL_ARG_DST, filled(f.dst_desc()) } } });
    } else if (words[1] == "data") {
        auto b = BACKWARD(convolution_backward_data, f, how, in, w, out, strides, wide, room, room);
        j.steps.push_back({ dnnl::convolution_backward_data(b),
                            { { DNNL_ARG_DIFF_SRC, filled(b.diff_src_desc()) },
                              { DNNL_ARG_WEIGHTS, filled(b.weights_desc()) },
                              { DNNL_ARG_DIFF_DST, filled(b.diff_dst_desc()) } } });
    } else {
        auto b = BACKWARD(convolution_backward_weights, f, how, in, w, out, strides, wide, room, room);
        j.steps.push_back({ dnnl::convolution_backward_weights(b),
                            { { DNNL_ARG_SRC, filled(b.src_desc()) },
                              { DNNL_ARG_DIFF_WEIGHTS, filled(b.diff_weights_desc()) },
                              { DNNL_ARG_DIFF_DST, filled(b.diff_dst_desc()) } } });
    }
    return true;
}

/* of a recurrent net: the arguments that forward and backward have alike, from the descriptions of either */
template <typename P> static arguments shared(const P &p, bool cells)
{
    arguments a{ { DNNL_ARG_SRC_LAYER, filled(p.src_layer_desc()) },
                 { DNNL_ARG_SRC_ITER, filled(p.src_iter_desc()) },
                 { DNNL_ARG_WEIGHTS_LAYER, filled(p.weights_layer_desc()) },
                 { DNNL_ARG_WEIGHTS_ITER, filled(p.weights_iter_desc()) },
                 { DNNL_ARG_BIAS, filled(p.bias_desc()) },
                 { DNNL_ARG_DST_LAYER, filled(p.dst_layer_desc()) },
                 { DNNL_ARG_DST_ITER, filled(p.dst_iter_desc()) } };
    if (cells) {
        a[DNNL_ARG_SRC_ITER_C] = filled(p.src_iter_c_desc());
        a[DNNL_ARG_DST_ITER_C] = filled(p.dst_iter_c_desc());
    }
    return a;
}

template <typename P> static arguments gradients(const P &p, arguments a, bool cells)
{
    a[DNNL_ARG_DIFF_SRC_LAYER] = filled(p.diff_src_layer_desc());
    a[DNNL_ARG_DIFF_SRC_ITER] = filled(p.diff_src_iter_desc());
    a[DNNL_ARG_DIFF_WEIGHTS_LAYER] = filled(p.diff_weights_layer_desc());
    a[DNNL_ARG_DIFF_WEIGHTS_ITER] = filled(p.diff_weights_iter_desc());
    a[DNNL_ARG_DIFF_BIAS] = filled(p.diff_bias_desc());
    a[DNNL_ARG_DIFF_DST_LAYER] = filled(p.diff_dst_layer_desc());
    a[DNNL_ARG_DIFF_DST_ITER] = filled(p.diff_dst_iter_desc());
    if (cells) {
        a[DNNL_ARG_DIFF_SRC_ITER_C] = filled(p.diff_src_iter_c_desc());
        a[DNNL_ARG_DIFF_DST_ITER_C] = filled(p.diff_dst_iter_c_desc());
    }
    return a;
}

static bool lstm(job &j, const long *d, bool both)
{
    const auto way = dnnl::rnn_direction::unidirectional_left2right;
    const long h = d[2];
    auto x = desc({ d[0], d[1], h }, tag::any), s = desc({ 1, 1, d[1], h }, tag::any),
         w = desc({ 1, 1, h, 4, h }, tag::any), b = desc({ 1, 1, 4, h }, tag::any);
    auto f = FORWARD(lstm_forward, both ? prop_kind::forward_training : prop_kind::forward_inference, way, x, s, s, w, w,
                     b, x, s, s);
    auto a = shared(f, true);
    memory space;
    if (both)
        a[DNNL_ARG_WORKSPACE] = space = filled(f.workspace_desc());
    j.steps.push_back({ dnnl::lstm_forward(f), a });
    if (!both)
        return true;
    auto g = BACKWARD(lstm_backward, f, prop_kind::backward, way, x, s, s, w, w, b, x, s, s, x, s, s, w, w, b, x, s, s);
    auto more = gradients(g, shared(g, true), true);
    more[DNNL_ARG_WORKSPACE] = space;
    j.steps.push_back({ dnnl::lstm_backward(g), more });
    return true;
}

/* the kind whose reset gate comes after the product, as ours and PyTorch's */
static bool gru(job &j, const long *d, bool both)
{
    const auto way = dnnl::rnn_direction::unidirectional_left2right;
    const long h = d[2];
    auto x = desc({ d[0], d[1], h }, tag::any), s = desc({ 1, 1, d[1], h }, tag::any),
         w = desc({ 1, 1, h, 3, h }, tag::any), b = desc({ 1, 1, 4, h }, tag::any);
    auto f = FORWARD(lbr_gru_forward, both ? prop_kind::forward_training : prop_kind::forward_inference, way, x, s, w, w,
                     b, x, s);
    auto a = shared(f, false);
    memory space;
    if (both)
        a[DNNL_ARG_WORKSPACE] = space = filled(f.workspace_desc());
    j.steps.push_back({ dnnl::lbr_gru_forward(f), a });
    if (!both)
        return true;
    auto g = BACKWARD(lbr_gru_backward, f, prop_kind::backward, way, x, s, w, w, b, x, s, x, s, w, w, b, x, s);
    auto more = gradients(g, shared(g, false), false);
    more[DNNL_ARG_WORKSPACE] = space;
    j.steps.push_back({ dnnl::lbr_gru_backward(g), more });
    return true;
}

static bool softmax(job &j, const long *d, bool both)
{
    auto m = desc({ d[0], d[1] }, tag::ab);
    memory x = filled(m), y = filled(m);
#if DNNL_VERSION_MAJOR >= 3
    auto f = dnnl::softmax_forward::primitive_desc(engine, prop_kind::forward_training, algorithm::softmax_accurate, m, m,
                                                   1);
    auto b = dnnl::softmax_backward::primitive_desc(engine, algorithm::softmax_accurate, m, m, m, 1, f);
#else
    auto f = FORWARD(softmax_forward, prop_kind::forward_training, m, 1);
    auto b = BACKWARD(softmax_backward, f, m, m, 1);
#endif
    j.steps.push_back({ dnnl::softmax_forward(f), { { DNNL_ARG_SRC, x }, { DNNL_ARG_DST, y } } });
    if (both)
        j.steps.push_back({ dnnl::softmax_backward(b),
                            { { DNNL_ARG_DST, y }, { DNNL_ARG_DIFF_DST, filled(m) }, { DNNL_ARG_DIFF_SRC, filled(m) } } });
    return true;
}

/* without weights, which would cost a little more */
static bool layer_norm(job &j, const long *d, bool both)
{
    auto m = desc({ d[0], d[1] }, tag::ab), s = desc({ d[0] }, tag::a);
    memory x = filled(m), mean = filled(s), variance = filled(s);
    const auto flags = dnnl::normalization_flags::none;
#if DNNL_VERSION_MAJOR >= 3
    auto f = dnnl::layer_normalization_forward::primitive_desc(engine, prop_kind::forward_training, m, m, 1e-5f, flags);
    auto b = dnnl::layer_normalization_backward::primitive_desc(engine, prop_kind::backward_data, m, m, m, 1e-5f, flags,
                                                                f);
#else
    auto f = FORWARD(layer_normalization_forward, prop_kind::forward_training, m, 1e-5f, flags);
    auto b = BACKWARD(layer_normalization_backward, f, prop_kind::backward_data, m, m, 1e-5f, flags);
#endif
    j.steps.push_back({ dnnl::layer_normalization_forward(f),
                        { { DNNL_ARG_SRC, x },
                          { DNNL_ARG_DST, filled(m) },
                          { DNNL_ARG_MEAN, mean },
                          { DNNL_ARG_VARIANCE, variance } } });
    if (both)
        j.steps.push_back({ dnnl::layer_normalization_backward(b),
                            { { DNNL_ARG_SRC, x },
                              { DNNL_ARG_DIFF_DST, filled(m) },
                              { DNNL_ARG_DIFF_SRC, filled(m) },
                              { DNNL_ARG_MEAN, mean },
                              { DNNL_ARG_VARIANCE, variance } } });
    return true;
}

static bool point(job &j, const long *d, const std::string &name)
{
    auto m = desc({ d[0] }, tag::a);
    auto how = name == "gelu"   ? algorithm::eltwise_gelu_erf
               : name == "exp"  ? algorithm::eltwise_exp
               : name == "tanh" ? algorithm::eltwise_tanh
                                : algorithm::eltwise_logistic;
#if DNNL_VERSION_MAJOR >= 3
    auto f = dnnl::eltwise_forward::primitive_desc(engine, prop_kind::forward_inference, how, m, m, 0.f, 0.f);
#else
    auto f = FORWARD(eltwise_forward, prop_kind::forward_inference, how, m, 0.f, 0.f);
#endif
    j.steps.push_back({ dnnl::eltwise_forward(f), { { DNNL_ARG_SRC, filled(m) }, { DNNL_ARG_DST, filled(m) } } });
    return true;
}

static bool prepared(job &j, const std::vector<std::string> &words)
{
    long d[4];
    if (words.size() > 4 && words[0] == "conv")
        return conv(j, words);
    int axes = words.size() > 1 ? peer_lengths(words[1].c_str(), d, 4) : 0;
    bool both = words.size() > 2 && words[2] == "both";
    if (axes == 3 && words[0] == "lstm")
        return lstm(j, d, both);
    if (axes == 3 && words[0] == "gru")
        return gru(j, d, both);
    if (axes == 2 && words[0] == "softmax")
        return softmax(j, d, both);
    if (axes == 2 && words[0] == "layer_norm")
        return layer_norm(j, d, both);
    return axes == 1 && !both && point(j, d, words[0]);
}

int main(int argc, char **argv)
{
    job j;
    try {
        if (!prepared(j, std::vector<std::string>(argv + 1, argv + argc)))
            return fprintf(stderr, "usage: onednn conv|lstm|gru|softmax|layer_norm|gelu|exp|tanh|sigmoid LENGTHS...\n"), 2;
    } catch (dnnl::error &e) {
        return fprintf(stderr, "oneDNN: %s\n", e.what()), 1;
    }
    peer_measure(peer_row(argc, argv, 1), run, &j, 0);
    return 0;
}
