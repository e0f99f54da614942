exit=1 test -v -run=Table/w|Nested//inner
