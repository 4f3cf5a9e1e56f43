package funcs

import (
	"encoding/base64"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/customdecode"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// These functions follow Terraform's documentation. cty's own library lacks them, or gives
// them another meaning, or has no bound for them.

// ofTexts makes a function of texts.
func ofTexts(result cty.Type, do func(texts []string) (cty.Value, error), names ...string) function.Function {
	var parameters []function.Parameter
	for _, name := range names {
		parameters = append(parameters, function.Parameter{Name: name, Type: cty.String})
	}
	return fixed(result, func(arguments []cty.Value) (cty.Value, error) {
		texts := make([]string, len(arguments))
		for i, a := range arguments {
			texts[i] = a.AsString()
		}
		return do(texts)
	}, parameters...)
}

// comparison makes a function that compares two texts.
func comparison(do func(text, part string) bool, part string) function.Function {
	return ofTexts(cty.Bool, func(texts []string) (cty.Value, error) { return cty.BoolVal(do(texts[0], texts[1])), nil }, "str", part)
}

// quantifier makes alltrue and anytrue, by what one item must be to decide.
func quantifier(decisive bool) function.Function {
	return fixed(cty.Bool, func(arguments []cty.Value) (cty.Value, error) {
		answer := cty.BoolVal(!decisive)
		for _, item := range arguments[0].AsValueSlice() {
			switch {
			case !item.IsKnown():
				answer = cty.UnknownVal(cty.Bool)
			case item.IsNull() && !decisive, !item.IsNull() && item.True() == decisive:
				return cty.BoolVal(decisive), nil
			}
		}
		return answer, nil
	}, function.Parameter{Name: "list", Type: cty.List(cty.Bool)})
}

// coalesce passes over empty texts too, which stdlib.Coalesce does not.
func coalesce() function.Function {
	return function.New(&function.Spec{
		VarParam: stdlib.CoalesceFunc.VarParam(),
		Type:     function.StaticReturnType(cty.DynamicPseudoType),
		Impl: func(arguments []cty.Value, _ cty.Type) (cty.Value, error) {
			values := slices.Clone(arguments)
			for i, a := range values {
				if a.RawEquals(cty.StringVal("")) {
					values[i] = cty.NullVal(cty.String)
				}
			}
			return stdlib.Coalesce(values...)
		},
	})
}

// replace is ReplaceAll, of a text or of a pattern between slashes, but ends where the result is
// too large. A replacement may refer to the whole match with each two of its bytes.
func replace() function.Function {
	return ofTexts(cty.String, func(texts []string) (cty.Value, error) {
		text, old, replacement := texts[0], texts[1], texts[2]
		if len(old) < 2 || old[0] != '/' || old[len(old)-1] != '/' {
			if err := notLarge(strings.Count(text, old) * len(replacement)); err != nil {
				return cty.NilVal, err
			}
			return cty.StringVal(strings.ReplaceAll(text, old, replacement)), nil
		}
		pattern := old[1 : len(old)-1]
		if err := affordable(pattern); err != nil {
			return cty.NilVal, function.NewArgError(1, err)
		}
		compiled, err := regexp.Compile(pattern)
		if err != nil {
			return cty.NilVal, function.NewArgError(1, err)
		}
		size := len(text)
		for _, match := range compiled.FindAllStringIndex(text, -1) {
			if size += len(replacement) * (1 + (match[1]-match[0])/2); size > MaxResult {
				return cty.NilVal, errLarge
			}
		}
		return cty.StringVal(compiled.ReplaceAllString(text, replacement)), nil
	}, "str", "substr", "replace")
}

func base64decode() function.Function {
	return ofTexts(cty.String, func(texts []string) (cty.Value, error) {
		decoded, err := base64.StdEncoding.DecodeString(texts[0])
		if err != nil {
			return cty.NilVal, function.NewArgErrorf(0, "is not valid base64")
		}
		if !utf8.Valid(decoded) {
			return cty.NilVal, function.NewArgErrorf(0, "is not UTF-8 once decoded")
		}
		return cty.StringVal(string(decoded)), nil
	}, "str")
}

// conversion makes a function of one text that never fails.
func conversion(do func(string) string) function.Function {
	return ofTexts(cty.String, func(texts []string) (cty.Value, error) { return cty.StringVal(do(texts[0])), nil }, "str")
}

// succeeded evaluates an argument of can or try. The marks are those of
// everything that it refers to: whether an expression fails tells something of
// its values.
func succeeded(argument cty.Value, marks cty.ValueMarks) (cty.Value, hcl.Diagnostics) {
	closure := customdecode.ExpressionClosureFromVal(argument)
	for _, traversal := range closure.Expression.Variables() {
		for context := closure.EvalContext; context != nil; context = context.Parent() {
			if value, found := context.Variables[traversal.RootName()]; found {
				_, found := value.UnmarkDeep()
				maps.Copy(marks, found)
				break
			}
		}
	}
	return closure.Value()
}

func can() function.Function {
	return fixed(cty.Bool, func(arguments []cty.Value) (cty.Value, error) {
		marks := cty.ValueMarks{}
		value, diags := succeeded(arguments[0], marks)
		switch {
		case diags.HasErrors():
			return cty.False.WithMarks(marks), nil
		case !value.IsWhollyKnown():
			// It may still turn out to have no such element.
			return cty.UnknownVal(cty.Bool).WithMarks(marks), nil
		}
		return cty.True.WithMarks(marks), nil
	}, function.Parameter{Name: "expression", Type: customdecode.ExpressionClosureType})
}

// try gives no type before it gives a value: that would evaluate each argument
// twice, and those of a try within it four times.
func try() function.Function {
	return function.New(&function.Spec{
		VarParam: &function.Parameter{Name: "expressions", Type: customdecode.ExpressionClosureType},
		Type:     function.StaticReturnType(cty.DynamicPseudoType),
		Impl: func(arguments []cty.Value, _ cty.Type) (cty.Value, error) {
			marks, last := cty.ValueMarks{}, ""
			for _, a := range arguments {
				value, diags := succeeded(a, marks)
				switch {
				case diags.HasErrors():
					last = fmt.Sprintf(": %s: %s", diags[0].Summary, diags[0].Detail)
				case !value.IsWhollyKnown():
					return cty.DynamicVal.WithMarks(marks), nil
				default:
					return value.WithMarks(marks), nil
				}
			}
			return cty.NilVal, fmt.Errorf("no expression succeeded%s", last)
		},
	})
}
