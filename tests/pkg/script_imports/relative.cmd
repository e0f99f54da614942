run script.gol
