run two.gol
