package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// network is a network between the program and the server.
type network struct {
	name string
	// rtt is the round-trip time.
	rtt time.Duration
	// rate is in bytes a second each way. Zero is no limit.
	rate float64
}

// parseNetwork reads "10ms", "10Mbit" or "10ms+10Mbit".
func parseNetwork(text string) (network, error) {
	n := network{name: text}
	for part := range strings.SplitSeq(text, "+") {
		if mbit, ok := strings.CutSuffix(part, "Mbit"); ok {
			rate, err := strconv.ParseFloat(mbit, 64)
			if err != nil || rate <= 0 {
				return n, fmt.Errorf("%q is no rate such as 10Mbit", part)
			}
			n.rate = rate * 1e6 / 8
			continue
		}
		rtt, err := time.ParseDuration(part)
		if err != nil || rtt < 0 {
			return n, fmt.Errorf("%q is no round-trip time such as 10ms", part)
		}
		n.rtt = rtt
	}
	return n, nil
}
