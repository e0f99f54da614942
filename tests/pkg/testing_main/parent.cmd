exit=1 test -run=Goexit -args -extra=parent
