run script.gol one.go
