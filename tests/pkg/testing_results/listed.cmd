test -run=Passes .
