test -args -extra=y rest
