test -v -run=Serial|Output|Alloc|Fuzz -skip=Nothing -parallel=1 -short
