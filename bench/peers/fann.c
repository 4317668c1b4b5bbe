/* fann.c - FANN's step on the tiny network: fann step tiny. 2-16-16-1, tanh, mean squared error, 32 samples a step.

   Promises: one epoch of its batch training, which updates once after all 32 samples. Does not do: more than one
   thread, other networks - FANN has neither convolutions nor loops. */
#include "peer.h"
#include <fann.h>

typedef struct fann_job {
    struct fann *net;
    struct fann_train_data *data;
} fann_job;

static void fann_step(void *user)
{
    const fann_job *j = user;
    fann_train_epoch(j->net, j->data);
}

int main(int argc, char **argv)
{
    const unsigned layers[] = { 2, 16, 16, 1 };
    fann_job j = { fann_create_standard_array(4, layers), fann_create_train(32, 2, 1) };
    if (argc < 3 || strcmp(argv[1], "step") != 0 || strcmp(argv[2], "tiny") != 0)
        return fprintf(stderr, "usage: fann step tiny\n"), 2;
    if (!j.net || !j.data)
        return fprintf(stderr, "FANN: there is not enough memory\n"), 1;
    fann_set_activation_function_hidden(j.net, FANN_SIGMOID_SYMMETRIC);
    fann_set_activation_function_output(j.net, FANN_LINEAR);
    fann_set_training_algorithm(j.net, FANN_TRAIN_BATCH);
    for (unsigned i = 0; i < 32; i++) {
        j.data->input[i][0] = (float)i / 32;
        j.data->input[i][1] = (float)(i % 5) / 5;
        j.data->output[i][0] = (float)(i % 2);
    }
    peer_measure("step tiny", fann_step, &j, 0);
    fann_destroy_train(j.data);
    fann_destroy(j.net);
    return 0;
}
