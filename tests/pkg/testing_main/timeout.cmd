exit=1 test -run=Sleep -timeout=20ms . -args -extra=sleep
