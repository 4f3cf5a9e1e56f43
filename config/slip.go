package config
func insideServed(api string) string { return "" }
