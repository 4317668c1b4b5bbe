#!/bin/sh
# The TensorBoard event files: checksums, steps and values as in metrics.csv; a resumed run goes on in a new file and no
# step is there twice, wherever it was killed. Read by an independent decoder.
. "$(dirname "$0")/common.sh"
command -v python3 >/dev/null || { echo "skipped: no python3 to decode the files"; exit 77; }
idx set 400 100
NET='flatten | dense 64 relu | dropout 0.2 | dense 64 relu | dense 4'
ARGS='--data set --epochs 12 --batch 16 --lr 0.003 --val-split 0.2 --seed 5 --log-every 7 --save-every 13'

cat >decode.py <<'END'
# decode.py FOLDER: checks the event files of a run against its metrics.csv, and prints how many files there are
import csv, glob, struct, sys
def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF
assert ((crc32c(b'123456789') - 0xA282EAD8) & 0xFFFFFFFF) == ((0xE3069283 >> 15 | 0xE3069283 << 17) & 0xFFFFFFFF)
def fields(b):
    at, out = 0, {}
    def varint():
        nonlocal at
        x = shift = 0
        while True:
            x |= (b[at] & 127) << shift; shift += 7; at += 1
            if b[at - 1] < 128: return x
    while at < len(b):
        key = varint(); kind = key & 7
        if kind == 0: value = varint()
        else:
            n = {1: 8, 5: 4}.get(kind) or varint()
            value = b[at:at + n]; at += n
            assert len(value) == n
        out.setdefault(key >> 3, []).append(value)
    return out
points, files, times = [], sorted(glob.glob(sys.argv[1] + '/events.out.tfevents.*')), []
for number, name in enumerate(files):
    b, at = open(name, 'rb').read(), 0
    while at < len(b):
        n, check = struct.unpack_from('<QI', b, at)
        assert check == crc32c(b[at:at + 8]), 'checksum of a length'
        data = b[at + 12:at + 12 + n]
        assert struct.unpack_from('<I', b, at + 12 + n)[0] == crc32c(data), 'checksum of a record'
        event = fields(data)
        if at == 0: assert event[3] == [b'brain.Event:2']
        elif 5 not in event: assert number > 0 and fields(event[7][0]) == {1: [1]}
        for value in (fields(v) for s in event.get(5, []) for v in fields(s)[1]):
            points.append((event[2][0], value[1][0].decode(), struct.unpack('<f', value[2][0])[0]))
        times.append(struct.unpack('<d', event[1][0])[0])
        at += 16 + n
wanted = []
for row in csv.DictReader(open(sys.argv[1] + '/metrics.csv')):
    for tag in ('loss', 'acc', 'lr'):
        if tag != 'lr' or row['split'] == 'train':
            wanted.append((int(row['step']), tag + ('' if tag == 'lr' else '/' + row['split']), float(row[tag])))
def same(x, y): return abs(x - y) <= 1e-7 * abs(y)
assert len(points) == len(wanted) > 20, (len(points), len(wanted))
for p, w in zip(points, wanted): assert p[:2] == w[:2] and same(p[2], w[2]), (p, w)
assert len(set(p[:2] for p in points)) == len(points), 'a step is there twice'
assert times == sorted(times) and 1.7e9 < times[0] < 1e10
print(len(files))
END

run 0 "$NERVO" train -m "$NET" $ARGS -o straight
[ "$(python3 decode.py straight)" = 1 ] || fail "an undisturbed run has another number of files than one"
cp straight/events.out* changed.tfevents
cp -r straight broken
printf 'x' | dd of="$(ls broken/events.out*)" bs=1 seek=300 conv=notrunc 2>/dev/null
python3 decode.py broken 2>/dev/null && fail "the decoder of this test does not notice a changed byte"

: >foreign
hit=0
for lines in 3 20 35; do
    f=killed-$lines
    "$NERVO" train -m "$NET" $ARGS -o $f >/dev/null 2>&1 &
    PID=$!
    while kill -0 $PID 2>/dev/null && [ "$(cat $f/metrics.csv 2>/dev/null | wc -l)" -lt $lines ]; do sleep 0.002; done
    kill -9 $PID 2>/dev/null && hit=$((hit + 1))
    wait $PID 2>/dev/null
    cp foreign $f/events.out.tfevents.9999999999.host
    [ $lines = 20 ] && rm -f $f/checkpoints/*   # from the beginning: the old file has nothing to keep
    "$NERVO" train --resume $f >/dev/null 2>&1 &
    PID=$!
    while kill -0 $PID 2>/dev/null && [ "$(cat $f/metrics.csv 2>/dev/null | wc -l)" -lt $((lines + 10)) ]; do sleep 0.002; done
    kill -9 $PID 2>/dev/null && hit=$((hit + 1))
    wait $PID 2>/dev/null
    run 0 "$NERVO" train --resume $f
    [ -e $f/events.out.tfevents.9999999999.host ] || fail "somebody else's event file is gone"
    rm -f $f/events.out.tfevents.9999999999.host
    n=$(python3 decode.py $f) || fail "$f"
    [ "${n:-0}" -ge 1 ] && [ "${n:-9}" -le 3 ] || fail "$f has $n event files"
    metrics straight/metrics.csv >a
    metrics $f/metrics.csv >b
    same a b
done
[ "$n" = 3 ] || [ $hit -lt 6 ] || fail "a run that was resumed twice has $n files"
[ $hit -ge 3 ] || fail "only $hit of 6 kills came while a run ran"
done_testing
