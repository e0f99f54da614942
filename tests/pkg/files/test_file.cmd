exit=1 run wrong_test.go
