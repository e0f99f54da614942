exit=1 test -v -parallel=1
