package p

func main() {
	while x < 3 {
	}
	do {
	}
	try {
	}
}
