package model_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/discovery/internal/model"
	"github.com/kreconcile/kreconcile/discovery/internal/text"
)

func TestFailureMessageIsOneShortLine(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"lines", "one\r\ntwo\n\n three\t4", "one two three 4"},
		{"bad UTF-8", "a\xffb", "a\uFFFDb"},
		{"exactly the limit", strings.Repeat("x", text.MaxMessage), strings.Repeat("x", text.MaxMessage)},
		{"one byte more", strings.Repeat("x", text.MaxMessage+1), strings.Repeat("x", text.MaxMessage-3) + "…"},
		{"cut between letters", strings.Repeat("é", text.MaxMessage), strings.Repeat("é", (text.MaxMessage-3)/2) + "…"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := model.NewFailure("", model.InvalidResponse, nil, "%s", test.text).Message
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if len(got) > text.MaxMessage || !utf8.ValidString(got) {
				t.Errorf("%d bytes, valid %v", len(got), utf8.ValidString(got))
			}
		})
	}
}
