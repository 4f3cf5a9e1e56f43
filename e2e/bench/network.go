package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// network is a network between the program and the server.
type network struct {
	// rtt is the round-trip time.
	rtt time.Duration
	// rate is in bytes a second each way. Zero is no limit.
	rate float64
}

// String says how slow the network is, for people.
func (n network) String() string {
	var parts []string
	if n.rtt > 0 {
		parts = append(parts, fmt.Sprintf("%g ms", n.rtt.Seconds()*1000))
	}
	if n.rate > 0 {
		parts = append(parts, fmt.Sprintf("%g Mbit/s", n.rate*8/1e6))
	}
	return strings.Join(parts, ", ")
}

// parseNetwork reads "10ms", "10Mbit" or "10ms+10Mbit".
func parseNetwork(text string) (network, error) {
	n := network{}
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
