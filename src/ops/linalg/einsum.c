/* einsum - sums of products by labels: "ij,jk->ik", "b...i,...i->b...". And tensordot.

   Operands are taken in from the left: labels that neither what is still to come nor the result names are summed away
   first, those that two operands share and nobody else wants become a product of matrices, shared ones that are still
   wanted its batch. A label may be repeated within an operand (its diagonal) and may meet a length of 1, which
   stretches; `...` stands for as many axes as are left, aligned at their end. Without "->" the result has the axes of
   `...`, then what occurs once, upper case before lower case. */
#include "matrix.h"
#include <stdio.h>
#include <string.h>

extern const nrv__opdef nrv__op_einsum;

enum { EIN_OPERANDS = 16, EIN_LETTERS = 52, EIN_LABELS = EIN_LETTERS + NRV__MAX_RANK, EIN_TEXT = 24 };

typedef struct ein_term { /* a tensor and the label of each of its axes, none twice */
    nrv_tensor x;
    int label[NRV__MAX_RANK];
} ein_term;

typedef struct ein {
    nrv_graph *g;
    const char *equation;
    int n, n_out, dots; /* dots: the most axes that `...` stands for */
    ein_term in[EIN_OPERANDS];
    int out[EIN_LABELS];
    nrv_dim dim[EIN_LABELS];
    int met[EIN_LABELS]; /* in how many operands a label occurs, and how often as a letter */
    int times[EIN_LETTERS];
    bool wanted[EIN_LABELS];
} ein;

static bool ein_fail(const ein *e, const char *what, const char *which)
{
    nrv__op_refuses(&nrv__op_einsum, 1, &e->in[0].x, NRV_EARG,
                    "as in \"bij,bjk->bik\": a letter for each axis, ... for "
                    "the rest",
                    "%s%s in \"%.100s\"", what, which, e->equation);
    return false;
}

static char ein_letter(int label)
{
    return (char)(label < 26 ? 'A' + label : 'a' + label - 26);
}

static int ein_label(char c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' : c >= 'a' && c <= 'z' ? c - 'a' + 26 : -1;
}

/* one operand's labels, up to ',' or "->"; n: how many letters, dots: where `...` stands among them, else -1 */
static const char *ein_read(const ein *e, const char *p, int *label, int most, int *n, int *dots)
{
    *n = 0, *dots = -1;
    for (; *p && *p != ',' && strncmp(p, "->", 2) != 0; p++) {
        char one[2] = { *p, 0 };
        if (*p == ' ')
            continue;
        if (!strncmp(p, "...", 3)) {
            if (*dots >= 0)
                return ein_fail(e, "... stands twice", ""), NULL;
            *dots = *n;
            p += 2;
        } else if (ein_label(*p) < 0) {
            return ein_fail(e, "no label: ", one), NULL;
        } else if (*n == most) {
            return ein_fail(e, "too many labels", ""), NULL;
        } else {
            label[(*n)++] = ein_label(*p);
        }
    }
    return p;
}

/* the diagonal of axes i < k, at i */
static nrv_tensor ein_diagonal(nrv_tensor x, int i, int k)
{
    nrv_shape si = { x->rank, { 0 } }, sk = si;
    for (int a = 0; a < x->rank; a++)
        si.dim[a] = sk.dim[a] = 1;
    si.dim[i] = x->dim[i], sk.dim[k] = x->dim[k];
    nrv_tensor at = nrv_reshape(nrv_iota(x->g, NRV_I64, x->dim[i]), si);
    nrv_tensor on = nrv_equal(at, nrv_reshape(nrv_iota(x->g, NRV_I64, x->dim[k]), sk));
    return nrv__sum_axes(nrv_select(on, x, nrv__like(x, 0)), INT64_C(1) << k, 0);
}

/* axis k goes away: it is summed, or has length 1 */
static void ein_drop(ein_term *t, int k, bool sum)
{
    int rank = t->x->rank;
    t->x = sum ? nrv__sum_axes(t->x, INT64_C(1) << k, 0) : nrv_squeeze(t->x, k);
    memmove(t->label + k, t->label + k + 1, (size_t)(rank - 1 - k) * sizeof *t->label);
}

static bool ein_repeats(ein *e, ein_term *t)
{
    for (int i = 0; t->x && i < t->x->rank; i++)
        for (int k = i + 1; t->x && k < t->x->rank; k++) {
            nrv_dim d;
            char name[2] = { ein_letter(t->label[i]), 0 };
            if (t->label[i] != t->label[k])
                continue;
            if (!nrv__dim_same(e->g, t->x->dim[i], t->x->dim[k], "einsum", &d))
                return ein_fail(e, "different lengths for one operand's ", name);
            int rank = t->x->rank;
            t->x = ein_diagonal(t->x, i, k);
            memmove(t->label + k, t->label + k + 1, (size_t)(rank - 1 - k) * sizeof *t->label);
            k--;
        }
    return t->x != NULL;
}

static bool ein_operand(ein *e, ein_term *t, const int *label, int n, int dots)
{
    int rank = t->x->rank, more = rank - n;
    char count[EIN_TEXT];
    snprintf(count, sizeof count, "%d axes", rank);
    if (more < 0 || (more > 0 && dots < 0))
        return ein_fail(e, "the labels do not fit an operand of ", count);
    for (int i = 0, at = 0; i <= n; i++) {
        for (int k = 0; i == dots && k < more; k++)
            t->label[at++] = EIN_LABELS - more + k;
        if (i < n) {
            e->times[label[i]]++;
            t->label[at++] = label[i];
        }
    }
    e->dots = dots >= 0 && more > e->dots ? more : e->dots;
    return true;
}

/* the length of each label: any but 1 decides */
static bool ein_lengths(ein *e)
{
    for (int i = 0; i < e->n; i++)
        for (int k = 0; k < e->in[i].x->rank; k++) {
            int l = e->in[i].label[k];
            nrv_dim d = e->in[i].x->dim[k];
            char name[4] = "...";
            if (l < EIN_LETTERS)
                name[0] = ein_letter(l), name[1] = 0;
            if (!e->met[l]++ || e->dim[l] == 1)
                e->dim[l] = d;
            else if (d != 1 && !nrv__dim_same(e->g, d, e->dim[l], "einsum", &e->dim[l]))
                return ein_fail(e, "different lengths for ", name);
        }
    for (int i = 0; i < e->n; i++) {
        ein_term *t = &e->in[i];
        for (int k = 0; t->x && k < t->x->rank; k++)
            if (t->x->dim[k] == 1 && e->dim[t->label[k]] != 1)
                ein_drop(t, k--, false);
        if (!t->x)
            return false;
    }
    return true;
}

static bool ein_result(ein *e, const char *arrow)
{
    int label[NRV__MAX_RANK], n = 0, dots = 0;
    if (*arrow) {
        const char *end = ein_read(e, arrow + 2, label, NRV__MAX_RANK, &n, &dots);
        if (!end || *end)
            return end ? ein_fail(e, "something is left behind the result", "") : false;
    }
    for (int i = 0; i < EIN_LETTERS && !*arrow; i++)
        if (e->times[i] == 1 && n == NRV__MAX_RANK)
            return ein_fail(e, "a result of more than 8 axes", "");
        else if (e->times[i] == 1)
            label[n++] = i;
    if (n + (dots >= 0 ? e->dots : 0) > NRV__MAX_RANK)
        return ein_fail(e, "a result of more than 8 axes", "");
    for (int i = 0; i <= n; i++) {
        for (int k = 0; i == dots && k < e->dots; k++)
            e->out[e->n_out++] = EIN_LABELS - e->dots + k;
        if (i < n)
            e->out[e->n_out++] = label[i];
    }
    for (int i = 0; i < e->n_out; i++) {
        char name[2] = { ein_letter(e->out[i]), 0 };
        if (!e->met[e->out[i]])
            return ein_fail(e, "no operand has the result's ", name);
        if (e->wanted[e->out[i]])
            return ein_fail(e, "the result names twice ", name);
        e->wanted[e->out[i]] = true;
    }
    return true;
}

static int ein_find(const ein_term *t, int label)
{
    for (int i = 0; i < t->x->rank; i++)
        if (t->label[i] == label)
            return i;
    return -1;
}

/* the result or an operand from i on names it */
static bool ein_wanted(const ein *e, int label, int i)
{
    for (; i < e->n; i++)
        if (ein_find(&e->in[i], label) >= 0)
            return true;
    return e->wanted[label];
}

static bool ein_sum_away(const ein *e, ein_term *t, const ein_term *other, int from)
{
    for (int k = 0; t->x && k < t->x->rank; k++)
        if (!ein_wanted(e, t->label[k], from) && (!other || ein_find(other, t->label[k]) < 0))
            ein_drop(t, k--, true);
    return t->x != NULL;
}

typedef struct ein_axes { /* of two operands: shared and still wanted, summed, and each one's own */
    int n[4], of[2][4][NRV__MAX_RANK];
} ein_axes;

static ein_axes ein_sort(const ein *e, const ein_term *a, const ein_term *b, int from)
{
    ein_axes s = { { 0 }, { { { 0 } } } };
    for (int i = 0; i < a->x->rank; i++) {
        int k = ein_find(b, a->label[i]), kind = k < 0 ? 2 : ein_wanted(e, a->label[i], from) ? 0 : 1;
        s.of[1][kind][s.n[kind]] = k;
        s.of[0][kind][s.n[kind]++] = i;
    }
    for (int k = 0; k < b->x->rank; k++)
        if (ein_find(a, b->label[k]) < 0)
            s.of[1][3][s.n[3]++] = k;
    return s;
}

/* (batch, own, summed) or (batch, summed, own) as three axes */
static nrv_tensor ein_matrix(nrv_tensor x, const ein_axes *s, int which)
{
    int order[NRV__MAX_RANK], n = 0;
    const int kind[3] = { 0, which ? 1 : 2, which ? 3 : 1 };
    nrv_shape three = { 3, { 1, 1, 1 } };
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < s->n[kind[i]]; k++) {
            order[n] = s->of[which][kind[i]][k];
            three.dim[i] = nrv__dim_mul(x->g, three.dim[i], x->dim[order[n++]]);
        }
    return nrv_reshape(nrv_permute(x, n, order), three);
}

/* nothing is summed: both stretched to (batch, own, own) */
static nrv_tensor ein_outer(nrv_tensor x, const ein_axes *s, int which)
{
    int order[NRV__MAX_RANK], n = 0;
    nrv_shape wide = { 0, { 0 } };
    for (int kind = 0; kind < 4; kind++)
        for (int k = 0; k < s->n[kind]; k++) {
            bool has = kind == 0 || kind == 2 + which;
            if (has)
                order[n++] = s->of[which][kind][k];
            wide.dim[wide.rank++] = has ? x->dim[order[n - 1]] : 1;
        }
    return nrv_reshape(nrv_permute(x, n, order), wide);
}

static bool ein_product(const ein *e, ein_term *a, const ein_term *b, int from)
{
    ein_axes s = ein_sort(e, a, b, from);
    ein_term y = { NULL, { 0 } };
    nrv_shape shape = { 0, { 0 } };
    if (s.n[0] + s.n[2] + s.n[3] > NRV__MAX_RANK)
        return ein_fail(e, "a product of more than 8 axes on the way", "");
    for (int kind = 0; kind < 4; kind += 1 + !kind)
        for (int k = 0; k < s.n[kind]; k++) {
            const ein_term *t = kind == 3 ? b : a;
            int axis = s.of[kind == 3][kind][k];
            y.label[shape.rank] = t->label[axis];
            shape.dim[shape.rank++] = t->x->dim[axis];
        }
    if (s.n[1])
        y.x = nrv_reshape(nrv_matmul(ein_matrix(a->x, &s, 0), ein_matrix(b->x, &s, 1)), shape);
    else
        y.x = nrv_mul(ein_outer(a->x, &s, 0), ein_outer(b->x, &s, 1));
    *a = y;
    return y.x != NULL;
}

static nrv_tensor ein_run(ein *e)
{
    ein_term y = e->in[0];
    if (!ein_sum_away(e, &y, NULL, 1))
        return NULL;
    for (int i = 1; i < e->n; i++)
        if (!ein_sum_away(e, &e->in[i], &y, i + 1) || !ein_product(e, &y, &e->in[i], i + 1) ||
            !ein_sum_away(e, &y, NULL, i + 1))
            return NULL;
    int order[NRV__MAX_RANK];
    for (int i = 0; i < e->n_out; i++)
        order[i] = ein_find(&y, e->out[i]);
    return nrv_permute(y.x, e->n_out, order);
}

static nrv_tensor einsum_make(nrv__case *c)
{
    return nrv_einsum(nrv__case_text(c, "equation"), c->n_x, c->x);
}

NRV_OP(
    einsum, .sig = "real x0[...], real x1[...], ... -> y[...]",
    .doc = "Sums of products by labels, as in \"ij,jk->ik\": what the result does not name is summed, a label twice in "
           "one operand takes its diagonal, ... stands for the axes that are left. Without -> the result has "
           "the axes of ... and then, in order, every label that occurs once.",
    .flags = NRV_MACRO, .make = einsum_make, .ulp = 32,
    .tolerance_why = "sums of products in float; the error grows with the root of their number", .torch = "einsum",
    .numpy = "einsum", .onnx = "Einsum",
    .refuse = { "x0[2,3], equation=i => einsum: the labels do not fit an operand of 2 axes in \"i\" | in here | input "
                "0: input f32 [2, 3] x0 | hint as in \"bij,bjk->bik\": a letter for each axis, ... for the rest",
                "x0[2,3], x1[4,2], equation=ij;jk => einsum: different lengths for j in \"ij;jk\" | in here | input 0: "
                "input f32 [2, 3] x0 | hint as in \"bij,bjk->bik\": a letter for each axis, ... for the rest",
                "x0[2,3], equation=ij->k => einsum: no operand has the result's k in \"ij->k\" | in here | input 0: "
                "input f32 [2, 3] x0 | hint as in \"bij,bjk->bik\": a letter for each axis, ... for the rest",
                "x0[2,3], equation=i% => einsum: no label: % in \"i%\" | in here | input 0: input f32 [2, 3] x0 | hint "
                "as in \"bij,bjk->bik\": a letter for each axis, ... for the rest",
                "x0[2,3], equation=ij;jk => einsum: operands and tensors differ in number in \"ij;jk\" | in here | "
                "input 0: input f32 [2, 3] x0 | hint as in \"bij,bjk->bik\": a letter for each axis, ... for the rest",
                "x0[2,3], equation=ii => einsum: different lengths for one operand's i in \"ii\" | in here | input 0: "
                "input f32 [2, 3] x0 | hint as in \"bij,bjk->bik\": a letter for each axis, ... for the rest",
                "x0[2,3], equation=ij->ii => einsum: the result names twice i in \"ij->ii\" | in here | input 0: input "
                "f32 [2, 3] x0 | hint as in \"bij,bjk->bik\": a letter for each axis, ... for the rest",
                "x0[2,3], equation=i...... => einsum: ... stands twice in \"i......\" | in here | input 0: input f32 "
                "[2, 3] x0 | hint as in \"bij,bjk->bik\": a letter for each axis, ... for the rest" },
    .test = { "x0[3,4], x1[4,2], equation=ij;jk->ik", "x0[3], x1[4], equation=i;j->ij", "x0[2,3,4], equation=bij->bj",
              "x0[3,3], equation=ii", "x0[2,3,3], equation=...ii->...i", "x0[2,3,4], x1[4,2], equation=...j;jk",
              "x0[2,3], x1[3,4], x2[4,2], equation=ij;jk;kl->il", "x0[2,3], x1[2,3], x2[2,3], equation=bi;bi;bi->b",
              "x0[2,1,3], x1[4,3], equation=b...i;...i->b...", "x0[3], equation=i->", "x0[3,4], equation=ba",
              "x0[0,3], x1[3,2], equation=ij;jk" });

/* Sums of products by labels: nrv_einsum("ij,jk->ik", NRV_N(const nrv_tensor, a, b)). A semicolon is a comma, too. Up
   to 16 operands, of one real type. */
NRV_API nrv_tensor nrv_einsum(const char *equation, int n, const nrv_tensor *x)
{
    ein e = { .equation = equation ? equation : "", .n = n };
    char text[256];
    if (n < 1 || !x || !nrv__op_wants_real(&nrv__op_einsum, n < EIN_OPERANDS ? n : EIN_OPERANDS, x))
        return NULL;
    e.g = x[0]->g;
    e.in[0].x = x[0];
    if (n > EIN_OPERANDS)
        return ein_fail(&e, "more than 16 operands", ""), NULL;
    if (strlen(e.equation) >= sizeof text)
        return ein_fail(&e, "more than 255 characters", ""), NULL;
    for (size_t i = 0; i <= strlen(e.equation); i++)
        text[i] = (char)(e.equation[i] == ';' ? ',' : e.equation[i]);
    const char *p = text;
    for (int i = 0; i < n; i++) {
        int label[NRV__MAX_RANK], letters, dots;
        e.in[i].x = x[i];
        p = ein_read(&e, p, label, NRV__MAX_RANK, &letters, &dots);
        if (!p || !ein_operand(&e, &e.in[i], label, letters, dots))
            return NULL;
        if ((*p == ',') != (i + 1 < n))
            return ein_fail(&e, "operands and tensors differ in number", ""), NULL;
        p += *p == ',';
    }
    for (int i = 0; i < n; i++)
        if (!ein_repeats(&e, &e.in[i]))
            return NULL;
    return ein_lengths(&e) && ein_result(&e, p) ? ein_run(&e) : NULL;
}

/* ---- tensordot ---- */
static nrv_tensor tensordot_make(nrv__case *c)
{
    int64_t d[2 * NRV__MAX_RANK];
    int a[NRV__MAX_RANK], b[NRV__MAX_RANK], n = nrv__case_ints(c, "axis", 2 * NRV__MAX_RANK, d);
    if (n < 2) {
        n = n ? (d[0] >= 0 && d[0] <= NRV__MAX_RANK ? (int)d[0] : NRV__MAX_RANK + 1) : 2;
        return nrv_tensordot(c->x[0], c->x[1], n, NULL, NULL);
    }
    for (int i = 0; i < 2 * (n / 2); i++)
        (i < n / 2 ? a : b)[i % (n / 2)] = d[i] >= -NRV__MAX_RANK && d[i] < NRV__MAX_RANK ? (int)d[i] : NRV__MAX_RANK;
    return nrv_tensordot(c->x[0], c->x[1], n / 2, a, b);
}

NRV_OP(tensordot, .sig = "real a[...], real b[...] -> y[...]",
       .doc = "Sums of products over n axes of a and n axes of b, the last and the first unless said otherwise; the "
              "axes that "
              "are left follow, first a's.",
       .flags = NRV_MACRO, .make = tensordot_make, .ulp = 32,
       .tolerance_why = "sums of products in float; the error grows with the root of their number",
       .torch = "tensordot", .numpy = "tensordot",
       .refuse = { "a[2,3], b[4,5], axis=1 => tensordot: axis 1 of a has length 3, axis 0 of b 4 | in here | input 0: "
                   "input f32 [2, 3] a | input 1: input f32 [4, 5] b | hint axes that are summed have one length",
                   "a[2,3], b[3], axis=2 => tensordot: 2 axes are to be summed | in here | input 0: input f32 [2, 3] a "
                   "| input 1: input f32 [3] b | hint at most as many as the smaller rank",
                   "a[2,3], b[3,2], axis=1x1x0x0 => tensordot: axis 1 of a or 0 of b is named twice | in here | input "
                   "0: input f32 [2, 3] a | input 1: input f32 [3, 2] b | hint name each axis once" },
       .test = { "a[2,3,4], b[3,4,2]", "a[3,4], b[4,2], axis=1", "a[2], b[3], axis=0",
                 "a[3,4,2], b[4,3,5], axis=1x0x0x1", "a[3,4], b[2,4], axis=-1x-1" });

/* Sums over n axes: axes_a[i] of a goes with axes_b[i] of b; NULL: a's last n axes with b's first n. What is left of a,
   then of b. */
NRV_API nrv_tensor nrv_tensordot(nrv_tensor a, nrv_tensor b, int n, const int *axes_a, const int *axes_b)
{
    const nrv__opdef *op = &nrv__op_tensordot;
    const nrv_tensor in[] = { a, b };
    if (!nrv__op_wants_real(op, 2, in))
        return NULL;
    if (n < 0 || n > a->rank || n > b->rank)
        return nrv__op_refuses(op, 2, in, NRV_EARG, "at most as many as the smaller rank", "%d axes are to be summed",
                               n);
    char label[2][NRV__MAX_RANK + 1] = { "abcdefgh", "ijklmnop" }, text[4 * NRV__MAX_RANK + 4];
    bool used[2][NRV__MAX_RANK] = { { false } };
    for (int i = 0; i < n; i++) {
        int ka = axes_a ? axes_a[i] : a->rank - n + i, kb = axes_b ? axes_b[i] : i;
        if (!nrv__axis(a, &ka, op->name) || !nrv__axis(b, &kb, op->name))
            return NULL;
        char ta[24], tb[24];
        nrv_dim d;
        if (a->dim[ka] != 1 && b->dim[kb] != 1 && !nrv__dim_same(a->g, a->dim[ka], b->dim[kb], op->name, &d))
            return nrv__op_refuses(op, 2, in, NRV_ESHAPE, "axes that are summed have one length",
                                   "axis %d of a has length %s, axis %d of b %s", ka,
                                   nrv__dim_text(a->g, a->dim[ka], ta), kb, nrv__dim_text(b->g, b->dim[kb], tb));
        if (used[0][ka] || used[1][kb])
            return nrv__op_refuses(op, 2, in, NRV_EARG, "name each axis once", "axis %d of a or %d of b is named twice",
                                   ka, kb);
        used[0][ka] = used[1][kb] = true;
        label[1][kb] = label[0][ka];
    }
    int at = snprintf(text, sizeof text, "%.*s,%.*s->", a->rank, label[0], b->rank, label[1]);
    for (int w = 0; w < 2; w++)
        for (int i = 0; i < in[w]->rank; i++)
            if (!used[w][i])
                text[at++] = label[w][i];
    text[at] = 0;
    return nrv_einsum(text, 2, in);
}
