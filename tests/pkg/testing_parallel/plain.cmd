exit=1 test -parallel=1
