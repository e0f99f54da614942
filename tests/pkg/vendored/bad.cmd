exit=1 run --message-format=short cmd/bad.go
