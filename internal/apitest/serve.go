package apitest

import (
	"crypto/sha512"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// serve answers as an API server that serves the snapshot.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, authorized bool) {
	s.mu.Lock()
	snapshot, policy, schemas, index := s.snapshot, s.policy, s.schemas, s.index
	s.mu.Unlock()

	if !authorized {
		refuse(w, http.StatusUnauthorized, "Unauthorized", "Unauthorized")
		return
	}
	switch path := r.URL.Path; {
	case path == "/api":
		s.serveCore(w, r, snapshot)
	case path == "/apis":
		s.serveNamed(w, r, snapshot)
	case path == "/version":
		if served(w, snapshot.Version.Failure) {
			reply(w, "application/json", VersionInfo(snapshot.Version.Value))
		}
	case path == "/readyz":
		if served(w, snapshot.Confirmed.Failure) {
			reply(w, "text/plain; charset=utf-8", []byte("ok"))
		}
	case path == ReviewPath && r.Method == http.MethodPost:
		serveReview(w, r, snapshot, policy)
	case path == IdentityPath && r.Method == http.MethodPost:
		serveIdentity(w, snapshot)
	case path == "/openapi/v3":
		// A kube-apiserver does not declare it as JSON.
		reply(w, "text/plain; charset=utf-8", SchemaIndex(index))
	case strings.HasPrefix(path, "/openapi/v3/"):
		serveSchemas(w, r, schemas, index)
	default:
		serveResourceList(w, path, snapshot)
	}
}

func (s *Server) serveCore(w http.ResponseWriter, r *http.Request, snapshot *discovery.Snapshot) {
	if !served(w, snapshot.Core.Failure) {
		return
	}
	form := negotiate(r, s.options.core)
	if form == Plain {
		reply(w, "application/json", APIVersions(snapshot.Core.Value, snapshot.ServerAddresses.Value))
		return
	}
	var groups []discovery.Group
	if len(snapshot.Core.Value.Versions) > 0 {
		groups = append(groups, snapshot.Core.Value)
	}
	replyAggregated(w, r, groups, form)
}

func (s *Server) serveNamed(w http.ResponseWriter, r *http.Request, snapshot *discovery.Snapshot) {
	if !served(w, snapshot.Named.Failure) {
		return
	}
	form := negotiate(r, s.options.named)
	if form == Plain {
		reply(w, "application/json", APIGroupList(snapshot.Named.Value))
		return
	}
	replyAggregated(w, r, snapshot.Named.Value, form)
}

// replyAggregated answers with the document, or with 304 if the client sent its
// entity tag.
func replyAggregated(w http.ResponseWriter, r *http.Request, groups []discovery.Group, form Form) {
	body := Aggregated(groups, string(form))
	tag := fmt.Sprintf(`"%X"`, sha512.Sum512(body))
	w.Header().Set("ETag", tag)
	w.Header().Set("Vary", "Accept")
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	reply(w, "application/json;g=apidiscovery.k8s.io;v="+string(form)+";as=APIGroupDiscoveryList", body)
}

// negotiate returns the first form that the request accepts and the server has, or
// Plain.
func negotiate(r *http.Request, has []Form) Form {
	for accepted := range strings.SplitSeq(r.Header.Get("Accept"), ",") {
		_, parameters, err := mime.ParseMediaType(accepted)
		if err != nil {
			continue
		}
		form := Plain
		if parameters["as"] == "APIGroupDiscoveryList" {
			form = Form(parameters["v"])
		}
		if slices.Contains(has, form) {
			return form
		}
	}
	return Plain
}

// serveResourceList answers GET /api/v1 or GET /apis/apps/v1.
func serveResourceList(w http.ResponseWriter, path string, snapshot *discovery.Snapshot) {
	name, found := strings.CutPrefix(path, "/apis/")
	if !found {
		name = strings.TrimPrefix(path, "/api/")
	}
	gv, err := kubeapi.ParseGroupVersion(name)
	if err == nil && found == (gv.Group != "") {
		group, _ := snapshot.Group(gv.Group)
		if group != nil {
			for _, v := range group.Versions {
				if v.Name != gv.Version {
					continue
				}
				if served(w, v.Resources.Failure) {
					reply(w, "application/json", APIResourceList(gv, v.Resources.Value))
				}
				return
			}
		}
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(http.StatusNotFound)
	fmt.Fprintln(w, "404 page not found")
}

// served answers so that the client finds the failure, and reports whether there is
// none.
func served(w http.ResponseWriter, f *discovery.Failure) bool {
	if f == nil {
		return true
	}
	switch f.Code {
	case discovery.Unauthorized:
		refuse(w, http.StatusUnauthorized, "Unauthorized", "Unauthorized")
	case discovery.Forbidden:
		refuse(w, http.StatusForbidden, "Forbidden", f.Message)
	case discovery.NotReady:
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprint(w, "[+]ping ok\n[-]poststarthook/crd-informer-synced failed: reason withheld\nreadyz check failed\n")
	case discovery.Stale, discovery.Unavailable:
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprintln(w, "service unavailable")
	default:
		refuse(w, http.StatusInternalServerError, "InternalError", f.Message)
	}
	return false
}

func refuse(w http.ResponseWriter, code int, reason, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	w.Write(Status(code, reason, message))
}

func reply(w http.ResponseWriter, contentType string, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.Write(body)
}
