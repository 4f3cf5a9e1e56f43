package budget

import "time"

// Spend makes work of the past longer.
func (b *Budget) Spend(t time.Duration) {
	b.spent += t
	b.cpu -= t
}
