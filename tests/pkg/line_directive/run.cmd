exit=2 run panics.go
