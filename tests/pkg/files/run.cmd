run one.go two.gol a b.go
