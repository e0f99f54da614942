run . a
