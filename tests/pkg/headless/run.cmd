exit=1 run --message-format=short one.go
