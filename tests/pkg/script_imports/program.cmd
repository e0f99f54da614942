exit=1 run --message-format=short program.go
