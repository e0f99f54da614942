test -run=x -bench=. -benchtime=10x
