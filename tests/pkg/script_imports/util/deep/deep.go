package deep

var Level = 3
