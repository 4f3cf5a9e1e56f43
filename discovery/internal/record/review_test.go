package record_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/discovery/internal/model"
	"github.com/kreconcile/kreconcile/discovery/internal/record"
)

func reviewed() *model.Snapshot {
	return &model.Snapshot{Reviews: map[model.Review]model.Fact[model.ReviewAnswer]{
		{Verb: "get", Resource: "pods", Namespace: "web"}: model.Known(model.ReviewAnswer{Allowed: true, Reason: "RBAC: \x1b"}),
		{Verb: "patch", Group: "apps", Resource: "deployments", Subresource: "scale", Namespace: "web", Name: "a"}: model.Known(
			model.ReviewAnswer{Denied: true, EvaluationError: "e"}),
		{Verb: "get", Path: "/healthz"}: model.Failed[model.ReviewAnswer](&model.Failure{Code: model.Forbidden, Message: "no"}),
	}}
}

const reviewedJSON = `{
  "format_version": "1.2",
  "endpoint": "",
  "time": "0001-01-01T00:00:00Z",
  "reviews": [
    {
      "verb": "get",
      "group": "",
      "resource": "pods",
      "subresource": "",
      "namespace": "web",
      "name": "",
      "path": "",
      "answer": {
        "value": {
          "allowed": true,
          "denied": false,
          "reason": "RBAC: \u001b",
          "evaluation_error": ""
        }
      }
    },
    {
      "verb": "patch",
      "group": "apps",
      "resource": "deployments",
      "subresource": "scale",
      "namespace": "web",
      "name": "a",
      "path": "",
      "answer": {
        "value": {
          "allowed": false,
          "denied": true,
          "reason": "",
          "evaluation_error": "e"
        }
      }
    },
    {
      "verb": "get",
      "group": "",
      "resource": "",
      "subresource": "",
      "namespace": "",
      "name": "",
      "path": "/healthz",
      "answer": {
        "failure": {
          "code": "forbidden",
          "message": "no"
        }
      }
    }
  ]
}
`

func TestSaveReviews(t *testing.T) {
	for range 10 { // maps come in any order
		if diff := cmp.Diff(reviewedJSON, save(t, reviewed())); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	}
	got, err := record.Load(strings.NewReader(reviewedJSON))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(reviewed(), got); diff != "" {
		t.Errorf("(-saved +loaded):\n%s", diff)
	}
	if strings.Contains(save(t, &model.Snapshot{}), "reviews") {
		t.Error("reviews that nobody asked for are saved")
	}
}

func TestLoadReviewErrors(t *testing.T) {
	for name, test := range map[string]struct{ old, changed, err string }{
		"unknown member":            {`"verb": "get",`, `"verb": "get", "version": "",`, "at /reviews/0/version: this member is not part of the format"},
		"missing member":            {`"path": "",`, ``, "at /reviews/0: it has no path"},
		"no verb":                   {`"verb": "get"`, `"verb": ""`, "at /reviews/0/verb: it is empty"},
		"a resource and a path":     {`"path": ""`, `"path": "/x"`, "at /reviews/0: it is about a resource or a path, and not about both or none"},
		"neither":                   {`"resource": "pods"`, `"resource": ""`, "at /reviews/0: it is about a resource or a path, and not about both or none"},
		"null answer":               {`"allowed": true`, `"allowed": null`, "at /reviews/0/answer/value/allowed: null stands where a value is expected"},
		"a text for an answer":      {`"allowed": true`, `"allowed": "true"`, "at /reviews/0/answer/value/allowed: a string stands where true or false is expected"},
		"allowed and denied":        {`"denied": false`, `"denied": true`, "at /reviews/0/answer/value: it is allowed, and denied as well"},
		"without allowed":           {`"allowed": true,`, ``, "at /reviews/0/answer/value: it has no allowed"},
		"neither value nor failure": {`"code": "forbidden",`, ``, "at /reviews/2/answer/failure: it has no code"},
	} {
		t.Run(name, func(t *testing.T) {
			src := strings.Replace(reviewedJSON, test.old, test.changed, 1)
			if src == reviewedJSON {
				t.Fatal("nothing to edit")
			}
			s, err := record.Load(strings.NewReader(src))
			if err == nil || err.Error() != test.err || s != nil {
				t.Errorf("error:\n got %v\nwant %s", err, test.err)
			}
		})
	}
}

func TestLoadReviewTwice(t *testing.T) {
	first := reviewedJSON[strings.Index(reviewedJSON, "    {"):strings.Index(reviewedJSON, "    {\n      \"verb\": \"patch\"")]
	_, err := record.Load(strings.NewReader(strings.Replace(reviewedJSON, first, first+first, 1)))
	if err == nil || err.Error() != "at /reviews/1: it is there twice" {
		t.Errorf("error %v", err)
	}
}
