exit=1 test -run=Panics
