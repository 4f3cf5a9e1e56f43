package discovery

import "testing"

func TestParallelHandsAPanicOn(t *testing.T) {
	defer func() {
		if p := recover(); p != "broken" {
			t.Errorf("recovered %v", p)
		}
	}()
	parallel(func() {}, func() { panic("broken") })
	t.Error("no panic")
}
