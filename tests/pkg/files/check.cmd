check one.go two.gol
