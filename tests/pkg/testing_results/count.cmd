exit=1 test -v -count=2 -run=Passes|Sum
