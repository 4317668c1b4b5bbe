# The programs traced, compiled and stepped: some as they are, the others with stand_ins/ for the host functions, data
# and models that they leave out.
set -eu
programs='01_xor 03_lstm 05_graphs 06_neat 07_maml 08_gan 10_ddpm 11_snn 12_rbm 13_vae 14_parallel 15_finetune'
[ -n "${NERVO_SANITIZE-}" ] || programs="$programs 02_cnn 04_gpt 09_dqn" # a hundred steps, 30 million weights, 50,000 turns
cc=${CC:-cc}
status=0
for program in $programs; do
    source=$NERVO_ROOT/test/api/stand_ins/$program.c
    [ -f "$source" ] || source=$NERVO_ROOT/test/api/programs/$program.c
    $cc -std=c17 -O1 ${NERVO_SANITIZE:+-fsanitize=$NERVO_SANITIZE} -I "$NERVO_ROOT/include" "$source" \
        "$NERVO_BUILD/libnervo.a" -lm -pthread -o "$program"
    if ./"$program" >"$program.log" 2>&1; then
        echo "$program: $(tail -n 1 "$program.log")"
    else
        status=1
        echo "$program failed:"
        tail -n 20 "$program.log"
    fi
done
exit $status
