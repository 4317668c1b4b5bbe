"""What counting alone gives: n-grams with Witten-Bell smoothing (Witten & Bell 1991), counted over the first 90 % of a text.

usage: ngrams.py [TEXT]      the mean -log p(next letter) over the last 10 %, in nats, for n = 1 to 6

These are the numbers that examples/char_lstm.c prints beside its own. Each order is mixed with the one below it, a context
that was followed by many different letters the more; below the first, all letters of the text are equally likely.
"""
import collections
import math
import sys

LONGEST = 6


def main():
    with open(sys.argv[1] if len(sys.argv) > 1 else "../shared/data/text/tinyshakespeare.txt", encoding="utf-8") as f:
        text = f.read()
    unseen = len(text) // 10 * 9
    seen, follow = collections.Counter(), collections.Counter()  # of a context, and of a context with its letter
    for i in range(LONGEST - 1, unseen):
        for k in range(LONGEST):
            gram = text[i - k : i + 1]
            follow[gram[:-1]] += not seen[gram, 1]
            seen[gram, 1] += 1
            seen[gram[:-1], 0] += 1
    nats, uniform = [0.0] * LONGEST, 1 / len(set(text))
    for i in range(unseen + 1, len(text)):
        p = uniform
        for k in range(LONGEST):
            gram = text[i - k : i + 1]
            if seen[gram[:-1], 0]:
                p = (seen[gram, 1] + follow[gram[:-1]] * p) / (seen[gram[:-1], 0] + follow[gram[:-1]])
            nats[k] -= math.log(p) / (len(text) - unseen - 1)
    for k in range(LONGEST):
        print(f"{k + 1}-gram: {nats[k]:.3f} nats a letter")


main()
