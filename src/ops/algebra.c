/* algebra.c - see algebra.h. From the bottom: powers and products, sums of them, what is written shorter, text. */
#include "algebra.h"
#include <math.h>
#include <string.h>

enum {
    ALGEBRA_BASES = 1 << 14,
    ALGEBRA_TERMS = 256,
    ALGEBRA_FACTORS = 64,
    ALGEBRA_TEXT = 1 << 16,
    ALGEBRA_WIDE = 64,
    ALGEBRA_SHARED = 16,
    ALGEBRA_STEPS = 1 << 18
};

void nrv__algebra_free(nrv__algebra *a)
{
    nrv__alloc(&a->arena.mem, a->base, a->cap_base * sizeof *a->base, 0);
    nrv__arena_free(&a->arena);
}

static const void *algebra_too_much(nrv__algebra *a, const char *what)
{
    a->why = a->why ? a->why : what;
    return NULL;
}

static bool algebra_step(nrv__algebra *a, int n)
{
    a->steps += (size_t)n;
    return a->steps <= ALGEBRA_STEPS || algebra_too_much(a, "it takes more than 262144 steps to simplify");
}

/* ---- bases ---- */
const char *nrv__algebra_keep(nrv__algebra *a, nrv__text *t)
{
    const char *kept = NULL;
    if (t->broken)
        a->arena.broken = true;
    else if (t->n > ALGEBRA_TEXT)
        algebra_too_much(a, "it would be longer than 65536 characters");
    else
        kept = nrv__arena_text(&a->arena, t->at ? t->at : "", t->n);
    nrv__text_free(t);
    return kept;
}

static int32_t algebra_meet(nrv__algebra *a, const char *text, int rank, int64_t work)
{
    if (!text)
        return -1;
    uint64_t hash = nrv__hash_text(3, text);
    for (size_t i = 0; i < a->n_base; i++)
        if (a->base[i].hash == hash && !strcmp(a->base[i].text, text))
            return (int32_t)i;
    if (a->n_base == ALGEBRA_BASES)
        return algebra_too_much(a, "it has more than 16384 parts"), -1;
    if (a->n_base == a->cap_base) {
        void *more = nrv__grow(&a->arena.mem, a->base, a->n_base, &a->cap_base, sizeof *a->base);
        if (!more)
            return a->arena.broken = true, -1;
        a->base = more;
    }
    a->base[a->n_base] = (nrv__base){ .text = text, .rank = rank, .work = work, .hash = hash };
    return (int32_t)a->n_base++;
}

/* names, then calls, then parentheses; by text among each */
static int algebra_order(const nrv__algebra *a, int32_t x, int32_t y)
{
    const nrv__base *p = &a->base[x], *q = &a->base[y];
    return x == y ? 0 : p->rank != q->rank ? p->rank - q->rank : strcmp(p->text, q->text);
}

/* ---- products ---- */
static int algebra_order_products(const nrv__algebra *a, const nrv__product *x, const nrv__product *y)
{
    for (int i = 0; i < x->n && i < y->n; i++) {
        int by = algebra_order(a, x->at[i].base, y->at[i].base);
        if (by || x->at[i].e != y->at[i].e)
            return by ? by : x->at[i].e > y->at[i].e ? -1 : 1;
    }
    return y->n - x->n; /* a number comes last */
}

static void algebra_add_work(const nrv__algebra *a, const nrv__product *p, nrv__sum *to)
{
    int64_t above = fabs(p->c) != 1, below = 0, powers = 0;
    for (int i = 0; i < p->n; i++) {
        to->work += a->base[p->at[i].base].work;
        to->cost += a->base[p->at[i].base].cost;
        powers += fabs(p->at[i].e) != 1;
        above += p->at[i].e > 0;
        below += p->at[i].e < 0;
    }
    const int64_t own = powers + below + (above ? above - 1 : 0);
    to->work += own;
    to->cost += own;
}

/* x y^e, or NULL; e is whole unless y is one power with a c of 1 */
static const nrv__product *algebra_join(nrv__algebra *a, const nrv__product *x, const nrv__product *y, double e)
{
    if (!algebra_step(a, 1))
        return NULL;
    nrv__product *to = nrv__arena_get(&a->arena, sizeof *to);
    nrv__power *at = nrv__arena_get(&a->arena, (size_t)(x->n + y->n + 1) * sizeof *at);
    if (!to || !at)
        return NULL;
    *to = (nrv__product){ .c = x->c * (e == 1 ? y->c : pow(y->c, e)), .at = at };
    for (int i = 0, k = 0; i < x->n || k < y->n;) {
        int by = i == x->n ? 1 : k == y->n ? -1 : algebra_order(a, x->at[i].base, y->at[k].base);
        nrv__power p = by <= 0 ? x->at[i] : (nrv__power){ y->at[k].base, 0 };
        p.e += by >= 0 ? e * y->at[k].e : 0;
        i += by <= 0, k += by >= 0;
        if (p.e != 0)
            at[to->n++] = p;
    }
    if (to->n > ALGEBRA_FACTORS)
        return algebra_too_much(a, "a product would have more than 64 factors");
    if (!isfinite(to->c))
        return algebra_too_much(a, "a number in it is not finite");
    return to;
}

/* (x y)^0.5 is a base of its own; where its power becomes whole, it is x y again */
static const nrv__product *algebra_settled(nrv__algebra *a, const nrv__product *p)
{
    for (int i = 0; p && i < p->n; i++) {
        const nrv__power w = p->at[i];
        const nrv__sum *of = a->base[w.base].of;
        if (!of || of->n != 1 || w.e != floor(w.e))
            continue;
        const nrv__product out = { .c = 1, .n = 1, .at = &w };
        p = algebra_join(a, p, &out, -1);
        p = p ? algebra_join(a, p, of->at, w.e) : NULL;
        i = -1;
    }
    return p;
}

static const nrv__product *algebra_product(nrv__algebra *a, const nrv__product *x, const nrv__product *y, double e)
{
    const nrv__product *p = algebra_join(a, x, y, e);
    return p ? algebra_settled(a, p) : NULL;
}

/* ---- sums, as they come ---- */
static const nrv__sum *algebra_sum_of(nrv__algebra *a, int n, const nrv__product *at)
{
    nrv__sum *s = nrv__arena_get(&a->arena, sizeof *s);
    if (!s || !at)
        return NULL;
    *s = (nrv__sum){ .n = n, .at = at, .work = n ? n - 1 : 0, .cost = n ? n - 1 : 0 };
    for (int i = 0; i < n; i++)
        algebra_add_work(a, &at[i], s);
    return s;
}

static const nrv__sum *algebra_one(nrv__algebra *a, const nrv__product *p)
{
    return p ? algebra_sum_of(a, p->c != 0, p) : NULL;
}

/* like terms meet */
static const nrv__sum *algebra_merged(nrv__algebra *a, const nrv__sum *x, const nrv__sum *y)
{
    if (!x || !y || !algebra_step(a, (x->n + y->n) / 4))
        return NULL;
    nrv__product *at = nrv__arena_get(&a->arena, (size_t)(x->n + y->n + 1) * sizeof *at);
    int n = 0;
    for (int i = 0, k = 0; at && (i < x->n || k < y->n);) {
        int by = i == x->n ? 1 : k == y->n ? -1 : algebra_order_products(a, &x->at[i], &y->at[k]);
        at[n] = by <= 0 ? x->at[i] : y->at[k];
        at[n].c = (by <= 0 ? x->at[i].c : 0) + (by >= 0 ? y->at[k].c : 0);
        i += by <= 0, k += by >= 0;
        if (!isfinite(at[n].c))
            return algebra_too_much(a, "a number in it is not finite");
        n += at[n].c != 0;
    }
    return n > ALGEBRA_TERMS ? algebra_too_much(a, "a sum would have more than 256 terms") : algebra_sum_of(a, n, at);
}

/* n products in any order, which are moved */
static const nrv__sum *algebra_collected(nrv__algebra *a, int n, nrv__product *at)
{
    int kept = 0;
    for (int i = 0; i < n; i++) {
        const nrv__product p = at[i];
        int k = i;
        for (; k > 0 && algebra_order_products(a, &p, &at[k - 1]) < 0; k--)
            at[k] = at[k - 1];
        at[k] = p;
    }
    for (int i = 0; i < n;) {
        nrv__product p = at[i];
        for (i++; i < n && !algebra_order_products(a, &p, &at[i]); i++)
            p.c += at[i].c;
        at[kept] = p;
        kept += p.c != 0;
    }
    return algebra_sum_of(a, kept, at);
}

/* every term times p^e */
static const nrv__sum *algebra_scaled(nrv__algebra *a, const nrv__sum *x, const nrv__product *p, double e)
{
    nrv__product *at = x && p ? nrv__arena_get(&a->arena, (size_t)(x->n + 1) * sizeof *at) : NULL;
    for (int i = 0; at && i < x->n; i++) {
        const nrv__product *q = algebra_product(a, &x->at[i], p, e);
        if (!q)
            return NULL;
        at[i] = *q;
    }
    return at ? algebra_collected(a, x->n, at) : NULL;
}

/* ---- a sum as a base: up to a factor that its terms share as numbers, and a sign ---- */
static double algebra_content(const nrv__sum *x)
{
    double least = INFINITY;
    for (int i = 0; i < x->n; i++)
        least = fmin(least, fabs(x->at[i].c));
    for (int i = 0; i < x->n; i++)
        if (x->at[i].c / least != floor(x->at[i].c / least))
            least = 1;
    const nrv__product *lead =
        x->at[x->n - 1].n ? x->at : &x->at[x->n - 1]; /* the number is positive, else the first */
    return lead->c < 0 ? -least : least;
}

static const char *algebra_sum_text(nrv__algebra *a, const nrv__sum *x, double sign);

/* x as a base; -1: no memory, or too much */
static int32_t algebra_parentheses(nrv__algebra *a, const nrv__sum *x)
{
    const char *text = algebra_sum_text(a, x, 1), *turned = NULL;
    bool minus = false;
    for (int i = 0; i < x->n; i++)
        minus = minus || x->at[i].c < 0;
    if (text && minus && !(turned = algebra_sum_text(a, x, -1)))
        return -1;
    int32_t base = algebra_meet(a, text, 2, x->work);
    if (base >= 0) {
        a->base[base].of = x;
        a->base[base].turned = turned;
        a->base[base].cost = x->cost;
    }
    return base;
}

/* a product that is worth x */
static const nrv__product *algebra_wrapped(nrv__algebra *a, const nrv__sum *x)
{
    if (x->n == 1)
        return x->at;
    nrv__product *to = nrv__arena_get(&a->arena, sizeof *to);
    nrv__power *at = nrv__arena_get(&a->arena, sizeof *at);
    if (!to || !at)
        return NULL;
    const double c = algebra_content(x);
    nrv__product *part = nrv__arena_get(&a->arena, (size_t)x->n * sizeof *part);
    for (int i = 0; part && i < x->n; i++) {
        part[i] = x->at[i];
        part[i].c /= c;
    }
    const nrv__sum *of = part ? algebra_sum_of(a, x->n, part) : NULL;
    at->base = of ? algebra_parentheses(a, of) : -1;
    at->e = 1;
    *to = (nrv__product){ .c = c, .n = 1, .at = at };
    return at->base < 0 ? NULL : to;
}

/* ---- what is written shorter ---- */
/* what all terms share, with the least exponent each: fractions give their denominators */
static const nrv__product *algebra_shared(nrv__algebra *a, const nrv__sum *x)
{
    nrv__product *none = nrv__arena_get(&a->arena, sizeof *none);
    const nrv__product *shared = none;
    if (none)
        none->c = 1;
    for (int i = 0; shared && i < x->n; i++)
        for (int k = 0; shared && k < x->at[i].n && shared->n <= ALGEBRA_SHARED; k++) {
            const int32_t base = x->at[i].at[k].base;
            double least = INFINITY;
            bool met = false;
            for (int s = 0; s < shared->n; s++)
                met = met || shared->at[s].base == base;
            for (int t = 0; t < x->n && !met; t++) {
                double e = 0;
                for (int q = 0; q < x->at[t].n; q++)
                    e = x->at[t].at[q].base == base ? x->at[t].at[q].e : e;
                least = fmin(least, e);
            }
            const nrv__power w = { base, 1 };
            if (!met && least != 0)
                shared = algebra_join(a, shared, &(nrv__product){ .c = 1, .n = 1, .at = &w }, least);
        }
    return shared && shared->n > ALGEBRA_SHARED ? none : shared; /* so many denominators are better left alone */
}

/* the first power of a sum that can be multiplied out; -1: there is none */
static int algebra_expandable(const nrv__algebra *a, const nrv__product *p)
{
    for (int i = 0; i < p->n; i++) {
        const nrv__sum *of = a->base[p->at[i].base].of;
        if (of && of->n > 1 && p->at[i].e >= 1 && p->at[i].e <= 4 && p->at[i].e == floor(p->at[i].e))
            return i;
    }
    return -1;
}

/* sums in parentheses multiplied out; x itself where there is none or it becomes too wide */
static const nrv__sum *algebra_expanded(nrv__algebra *a, const nrv__sum *x)
{
    const nrv__sum *now = x;
    for (int turns = 0; turns < ALGEBRA_WIDE; turns++) {
        int term = 0, factor = -1;
        while (term < now->n && (factor = algebra_expandable(a, &now->at[term])) < 0)
            term++;
        if (factor < 0)
            return now;
        const nrv__power w = { now->at[term].at[factor].base, 1 };
        const nrv__product *left = algebra_join(a, &now->at[term], &(nrv__product){ .c = 1, .n = 1, .at = &w }, -1);
        const nrv__sum *out = algebra_scaled(a, a->base[w.base].of, left, 1);
        nrv__product *rest = nrv__arena_get(&a->arena, (size_t)now->n * sizeof *rest);
        if (!out || !rest)
            return NULL;
        for (int i = 0, k = 0; i < now->n; i++)
            if (i != term)
                rest[k++] = now->at[i];
        now = algebra_merged(a, algebra_sum_of(a, now->n - 1, rest), out);
        if (!now || now->n > ALGEBRA_WIDE)
            return now ? x : NULL;
    }
    return x;
}

/* a sum among the terms of a sum is no base: its terms are terms */
static const nrv__sum *algebra_flat(nrv__algebra *a, const nrv__sum *x)
{
    for (int i = 0; x && i < x->n; i++) {
        const nrv__product *p = &x->at[i];
        const nrv__sum *of = p->n == 1 && p->at->e == 1 ? a->base[p->at->base].of : NULL;
        nrv__product *rest = of ? nrv__arena_get(&a->arena, (size_t)x->n * sizeof *rest) : NULL;
        if (!of)
            continue;
        for (int k = 0, n = 0; rest && k < x->n; k++)
            if (k != i)
                rest[n++] = x->at[k];
        const nrv__product c = { .c = p->c };
        x = rest ? algebra_merged(a, algebra_sum_of(a, x->n - 1, rest), algebra_scaled(a, of, &c, 1)) : NULL;
        i = -1;
    }
    return x;
}

static const nrv__sum *algebra_under(nrv__algebra *a, const nrv__sum *rest, const nrv__product *shared)
{
    if (!rest || rest->n == 0)
        return rest;
    const nrv__product *all = algebra_wrapped(a, rest);
    return all ? algebra_one(a, algebra_product(a, all, shared, 1)) : NULL;
}

static const nrv__sum *algebra_shorter(const nrv__sum *x, const nrv__sum *y)
{
    return !x || !y ? NULL : y->cost < x->cost ? y : x;
}

/* total x: under(x, total), or x alone where there is nothing to stand before it */
static const nrv__sum *algebra_with(nrv__algebra *a, const nrv__sum *best, const nrv__sum *x, const nrv__product *total)
{
    if (total->n == 0)
        best = algebra_shorter(best, x);
    if (total->n == 0 && x->n > 1 && fabs(algebra_content(x)) == 1)
        return best;
    return algebra_shorter(best, algebra_under(a, x, total));
}

/* the shortest of: x as it is; what its terms share before it; the same with the rest multiplied out, which may share
   more, and so on */
static const nrv__sum *algebra_best(nrv__algebra *a, const nrv__sum *x)
{
    enum { TURNS = 4 };
    const nrv__product one = { .c = 1 }, *total = &one;
    const nrv__sum *best = x = algebra_flat(a, x);
    for (int turn = 0; turn < TURNS && best && x->n > 1; turn++) {
        const nrv__product *shared = algebra_shared(a, x);
        const nrv__sum *rest = shared && shared->n == 0 ? x : algebra_flat(a, algebra_scaled(a, x, shared, -1));
        total = shared ? algebra_product(a, total, shared, 1) : NULL;
        if (!rest || !total)
            return NULL;
        best = algebra_with(a, best, rest, total);
        x = algebra_expanded(a, rest);
        if (x == rest)
            return best;
        best = x ? algebra_with(a, best, x, total) : NULL;
    }
    return best;
}

/* ---- what callers ask for ---- */
bool nrv__algebra_is_number(const nrv__sum *x, double *value)
{
    bool is = x->n == 0 || (x->n == 1 && x->at->n == 0);
    *value = x->n ? x->at->c : 0;
    return is;
}

const nrv__sum *nrv__algebra_number(nrv__algebra *a, double value)
{
    nrv__product *p = nrv__arena_get(&a->arena, sizeof *p);
    if (!p)
        return NULL;
    if (!isfinite(value))
        return algebra_too_much(a, "a number in it is not finite");
    *p = (nrv__product){ .c = value };
    return algebra_one(a, p);
}

const nrv__sum *nrv__algebra_base(nrv__algebra *a, const char *text, int rank, int64_t work)
{
    nrv__product *p = nrv__arena_get(&a->arena, sizeof *p);
    nrv__power *at = nrv__arena_get(&a->arena, sizeof *at);
    int32_t base = p && at ? algebra_meet(a, text, rank, work) : -1;
    if (base < 0)
        return NULL;
    *at = (nrv__power){ base, 1 };
    *p = (nrv__product){ .c = 1, .n = 1, .at = at };
    return algebra_one(a, p);
}

const nrv__sum *nrv__algebra_plus(nrv__algebra *a, const nrv__sum *x, const nrv__sum *y)
{
    return algebra_best(a, algebra_merged(a, x, y));
}

const nrv__sum *nrv__algebra_times(nrv__algebra *a, const nrv__sum *x, const nrv__sum *y)
{
    if (!x || !y || !x->n || !y->n)
        return !x || !y ? NULL : x->n ? y : x;
    double c;
    if (nrv__algebra_is_number(x, &c) || nrv__algebra_is_number(y, &c))
        return x->n == 1 && !x->at->n ? algebra_scaled(a, y, x->at, 1) : algebra_scaled(a, x, y->at, 1);
    const nrv__product *p = algebra_wrapped(a, x), *q = algebra_wrapped(a, y);
    return p && q ? algebra_one(a, algebra_product(a, p, q, 1)) : NULL;
}

/* a root of a product that is not one plain power is a base of its own */
static const nrv__product *algebra_rooted(nrv__algebra *a, const nrv__product *p, double e)
{
    const nrv__product one = { .c = 1 };
    if (p->c == 1 && p->n == 1 && fmod(p->at->e, 2) != 0)
        return algebra_join(a, &one, p, e);
    nrv__power *at = nrv__arena_get(&a->arena, sizeof *at);
    nrv__product *to = nrv__arena_get(&a->arena, sizeof *to);
    const nrv__sum *of = algebra_sum_of(a, 1, p);
    int32_t base = at && to && of ? algebra_parentheses(a, of) : -1;
    if (base < 0)
        return NULL;
    *at = (nrv__power){ base, e };
    *to = (nrv__product){ .c = 1, .n = 1, .at = at };
    return to;
}

const nrv__sum *nrv__algebra_power(nrv__algebra *a, const nrv__sum *x, double e)
{
    double c;
    if (!x || e == 1)
        return x;
    if (e == 0 || nrv__algebra_is_number(x, &c))
        return nrv__algebra_number(a, e == 0 ? 1 : pow(c, e));
    const nrv__product *p = algebra_wrapped(a, x), one = { .c = 1 };
    if (!p)
        return NULL;
    return algebra_one(a, e == floor(e) && fabs(e) <= 1024 ? algebra_product(a, &one, p, e) : algebra_rooted(a, p, e));
}

/* ---- text ---- */
static void algebra_put_power(const nrv__algebra *a, nrv__text *t, const nrv__power *w, bool turn)
{
    const nrv__base *b = &a->base[w->base];
    const double e = fabs(w->e);
    const bool root = e == 0.5, open = root || b->rank == 2;
    nrv__text_add(t, "%s%s", root ? "sqrt" : "", open ? "(" : "");
    nrv__text_add(t, "%s", turn ? b->turned : b->text);
    nrv__text_add(t, "%s", open ? ")" : "");
    if (!root && e != 1) {
        nrv__text_add(t, "^");
        nrv__text_number(t, e);
    }
}

/* without its sign; turn: the power that is written as its negative, -1: none */
static void algebra_put_product(const nrv__algebra *a, nrv__text *t, const nrv__product *p, int turn)
{
    int above = 0, below = 0;
    for (int i = 0; i < p->n; i++)
        below += p->at[i].e < 0;
    if (fabs(p->c) != 1 || below == p->n) {
        nrv__text_number(t, fabs(p->c));
        above++;
    }
    for (int i = 0; i < p->n; i++)
        if (p->at[i].e > 0) {
            nrv__text_add(t, "%s", above++ ? "*" : "");
            algebra_put_power(a, t, &p->at[i], i == turn);
        }
    nrv__text_add(t, "%s", below > 1 ? "/(" : below ? "/" : "");
    for (int i = 0, k = 0; i < p->n; i++)
        if (p->at[i].e < 0) {
            nrv__text_add(t, "%s", k++ ? "*" : "");
            algebra_put_power(a, t, &p->at[i], i == turn);
        }
    nrv__text_add(t, "%s", below > 1 ? ")" : "");
}

/* a difference that can be written the other way round, best without a number: y - t rather than A - 1 */
static int algebra_turnable(const nrv__algebra *a, const nrv__product *p)
{
    int found = -1;
    for (int i = 0; i < p->n; i++) {
        const nrv__base *b = &a->base[p->at[i].base];
        if (b->turned && fabs(p->at[i].e) == 1 && (found < 0 || b->of->at[b->of->n - 1].n))
            found = i;
    }
    return found;
}

/* what is positive comes first; else a difference is turned round, so that most texts begin without a minus */
static const char *algebra_sum_text(nrv__algebra *a, const nrv__sum *x, double sign)
{
    nrv__text t = { .mem = a->arena.mem };
    int first = 0;
    for (int i = x->n - 1; i >= 0; i--)
        first = sign * x->at[i].c > 0 ? i : first;
    int turn = x->n && sign * x->at[first].c < 0 ? algebra_turnable(a, &x->at[first]) : -1;
    nrv__text_add(&t, "%s", !x->n ? "0" : sign * x->at[first].c < 0 && turn < 0 ? "-" : "");
    if (x->n)
        algebra_put_product(a, &t, &x->at[first], turn);
    for (int i = 0; i < x->n && t.n <= ALGEBRA_TEXT; i++)
        if (i != first) {
            nrv__text_add(&t, "%s", sign * x->at[i].c < 0 ? " - " : " + ");
            algebra_put_product(a, &t, &x->at[i], -1);
        }
    return nrv__algebra_keep(a, &t);
}

const char *nrv__algebra_text(nrv__algebra *a, const nrv__sum *x)
{
    bool base = x && x->n == 1 && x->at->n == 1 && x->at->c == 1 && x->at->at->e == 1;
    return base ? a->base[x->at->at->base].text : x ? algebra_sum_text(a, x, 1) : NULL;
}
