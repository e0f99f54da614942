exit=1 test
