run . x y
