# The layout is settled by .clang-format and never discussed; `./do format` mends what this finds.         label: house
command -v clang-format-19 >/dev/null || { echo "skipped: no clang-format-19"; exit 77; }
exec "$NERVO_ROOT/do" format --check
