package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/health"
	lua "github.com/yuin/gopher-lua"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// scripts are health checks in Lua, by group_Kind.
type scripts map[string]string

// readHealth reads the health checks of a file with the ConfigMap argocd-cm. Without
// a file there is none.
func readHealth(file string) (scripts, error) {
	if file == "" {
		return nil, nil
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var configMap struct {
		Data map[string]string `json:"data"`
	}
	if err := yaml.Unmarshal(content, &configMap); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	s := scripts{}
	for key, script := range configMap.Data {
		if kind, ok := strings.CutPrefix(key, "resource.customizations.health."); ok {
			s[kind] = script
		}
	}
	return s, nil
}

// GetResourceHealth runs the script for the object's kind. It returns nil if there is
// none, so that the built-in check counts.
//
// Source: argo-cd v3.5.7, util/lua/lua.go, runLua and ExecuteHealthLua.
func (s scripts) GetResourceHealth(o *unstructured.Unstructured) (*health.HealthStatus, error) {
	kind := o.GroupVersionKind()
	script, ok := s[kind.Group+"_"+kind.Kind]
	if !ok {
		return nil, nil
	}
	l := lua.NewState(lua.Options{SkipOpenLibs: true})
	defer l.Close()
	for name, open := range map[string]lua.LGFunction{lua.BaseLibName: lua.OpenBase, lua.TabLibName: lua.OpenTable} {
		l.Push(l.NewFunction(open))
		l.Push(lua.LString(name))
		l.Call(1, 0)
	}
	l.SetGlobal("obj", value(l, o.Object))
	if err := l.DoString(script); err != nil {
		return nil, err
	}
	table, ok := l.Get(-1).(*lua.LTable)
	if !ok {
		return nil, fmt.Errorf("the health check of %s gives a %s, and not a table", kind.Kind, l.Get(-1).Type())
	}
	return &health.HealthStatus{
		Status: health.HealthStatusCode(lua.LVAsString(table.RawGetString("status"))), Message: lua.LVAsString(table.RawGetString("message")),
	}, nil
}

// value converts a JSON value to Lua.
func value(l *lua.LState, v any) lua.LValue {
	switch v := v.(type) {
	case bool:
		return lua.LBool(v)
	case float64:
		return lua.LNumber(v)
	case int64:
		return lua.LNumber(v)
	case string:
		return lua.LString(v)
	case []any:
		table := l.NewTable()
		for _, item := range v {
			table.Append(value(l, item))
		}
		return table
	case map[string]any:
		table := l.NewTable()
		for name, item := range v {
			table.RawSetString(name, value(l, item))
		}
		return table
	default:
		return lua.LNil
	}
}
