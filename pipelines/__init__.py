"""From text to integer sequences: normalise, cut into units, order, encode, audit."""
