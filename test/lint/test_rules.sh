# The rules of the house that no compiler knows; see tools/lint.py.                                        label: house
exec python3 -B "$NERVO_ROOT/tools/lint.py" "$NERVO_ROOT"
