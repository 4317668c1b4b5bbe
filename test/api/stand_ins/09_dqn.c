/* a game that ends after 200 turns stands in for the host's */
#define main program_main
#include "../programs/09_dqn.c"
#undef main
#include "stand_in.h"
int host_env_step(float obs[OBS], int32_t action, float *reward)
{
    static int turn;
    obs[turn % OBS] = (float)action - 0.5f * obs[(turn + 1) % OBS];
    *reward = 1;
    return ++turn % 200 != 0;
}
int main(void)
{
    STAND_IN_CHECK(program_main() == 0, "the program failed");
    return 0;
}
