/* xor.c - a program of somebody else: trains XOR through the public header alone, as C99, C17 or C++17.

   Prints the loss after 100 steps, on the way down, where two builds can be compared, and after 400, where it must be
   below 0.01. An argument names the kernels to compile for ("baseline"). */
#include <nervo.h>
#include <stdio.h>
#include <string.h>

static nrv_plan *program(nrv_store *s, const char *cpu)
{
    nrv_graph *g = nrv_graph_new(s, NRV_TRAIN);
    nrv_dim rows = nrv_size(g, "B", 1, 4096);
    nrv_tensor x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(rows, 2));
    nrv_tensor t = nrv_input(g, "t", NRV_F32, NRV_SHAPE(rows, 1));
    nrv_tensor y = nrv_linear(nrv_tanh(nrv_linear(x, "hidden", 8, NULL)), "out", 1, NULL);
    nrv_tensor loss = nrv_mse(y, t);
    nrv_list params = nrv_params(g, "*");
    nrv_adam_opt adam;
    nrv_compile_opt options;
    nrv_plan *plan;

    memset(&adam, 0, sizeof adam);
    memset(&options, 0, sizeof options);
    adam.lr = 0.02;
    options.cpu = cpu;
    nrv_assign_all(params, nrv_adam(params, nrv_grads(loss, params), &adam));
    nrv_output(g, "loss", loss);
    plan = nrv_compile(g, &options);
    nrv_graph_free(g);
    return plan;
}

int main(int argc, char **argv)
{
    static const float X[4][2] = { { 0, 0 }, { 0, 1 }, { 1, 0 }, { 1, 1 } }, T[4][1] = { { 0 }, { 1 }, { 1 }, { 0 } };
    float loss = 1, early = 1;
    int i, good;
    nrv_store *s = nrv_store_new(NULL);
    nrv_plan *plan = program(s, argc > 1 ? argv[1] : NULL);
    nrv_exec *e = nrv_exec_new(plan, s, NULL);

    nrv_set_size(e, "B", 4);
    nrv_bind_in(e, "x", X, sizeof X);
    nrv_bind_in(e, "t", T, sizeof T);
    nrv_bind_out(e, "loss", &loss, sizeof loss);
    for (i = 0; i < 400 && nrv_run(e) == NRV_OK; i++)
        early = i < 100 ? loss : early;
    if (nrv_why(e))
        fprintf(stderr, "%s\n", nrv_why(e));
    printf("nervo %s: loss %.9g after 100 steps, %.9g after 400\n", nrv_version(), (double)early, (double)loss);
    good = !nrv_why(e) && loss < 0.01f;
    nrv_exec_free(e);
    nrv_plan_free(plan);
    nrv_store_free(s);
    return good ? 0 : 1;
}
