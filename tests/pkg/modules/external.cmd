test -v ./util
