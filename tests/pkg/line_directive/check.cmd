exit=1 check --message-format=short wrong.go
