exit=1 test -v
