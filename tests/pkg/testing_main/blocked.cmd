exit=1 test -v -run=Blocked . -args -extra=block
