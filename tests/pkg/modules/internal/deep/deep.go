package deep

func Deep() string { return "deep" }
