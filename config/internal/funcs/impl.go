package funcs

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/customdecode"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// These functions follow Terraform's documentation. cty's own library lacks them, or gives
// them another meaning, or has no bound for them.

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

// replace replaces a substring, or a pattern between slashes. It stops if the result is too large:
// every two bytes of a replacement may insert the whole match.
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

// succeeded evaluates an argument of can or try. The marks are those of all that it refers to: whether
// an expression fails says something about their values.
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

// fixed makes a function whose result always has the same type.
func fixed(result cty.Type, do func(arguments []cty.Value) (cty.Value, error), parameters ...function.Parameter) function.Function {
	return function.New(&function.Spec{
		Params: parameters, Type: function.StaticReturnType(result),
		Impl: func(arguments []cty.Value, _ cty.Type) (cty.Value, error) { return do(arguments) },
	})
}

func index() function.Function {
	return fixed(cty.Number, func(arguments []cty.Value) (cty.Value, error) {
		if t := arguments[0].Type(); !t.IsListType() && !t.IsTupleType() {
			return cty.NilVal, function.NewArgErrorf(0, "must be a list or a tuple")
		}
		for it := arguments[0].ElementIterator(); it.Next(); {
			i, item := it.Element()
			switch equal := item.Equals(arguments[1]); {
			case !equal.IsKnown():
				return cty.UnknownVal(cty.Number), nil
			case equal.True():
				return i, nil
			}
		}
		return cty.NilVal, errors.New("item not found")
	}, function.Parameter{Name: "list", Type: cty.DynamicPseudoType}, function.Parameter{Name: "value", Type: cty.DynamicPseudoType})
}

// length also takes texts and objects, which stdlib.Length does not.
func length() function.Function {
	return fixed(cty.Number, func(arguments []cty.Value) (cty.Value, error) {
		switch t := arguments[0].Type(); {
		case t == cty.String:
			return stdlib.Strlen(arguments[0])
		case t.IsObjectType():
			return cty.NumberIntVal(int64(len(t.AttributeTypes()))), nil
		}
		return stdlib.Length(arguments[0])
	}, function.Parameter{Name: "value", Type: cty.DynamicPseudoType, AllowUnknown: true, AllowDynamicType: true})
}

func matchkeys() function.Function {
	list := cty.List(cty.DynamicPseudoType)
	return fixed(cty.DynamicPseudoType, func(arguments []cty.Value) (cty.Value, error) {
		if t, _ := convert.UnifyUnsafe([]cty.Type{arguments[1].Type(), arguments[2].Type()}); t == cty.NilType {
			return cty.NilVal, errors.New("keys and searchset must be of the same type")
		}
		if !arguments[0].IsWhollyKnown() || !arguments[1].IsWhollyKnown() || !arguments[2].IsWhollyKnown() {
			return cty.UnknownVal(arguments[0].Type()), nil
		}
		values, keys := arguments[0].AsValueSlice(), arguments[1].AsValueSlice()
		if len(values) != len(keys) {
			return cty.NilVal, errors.New("values and keys must be of the same length")
		}
		var out []cty.Value
		for i, key := range keys {
			if slices.ContainsFunc(arguments[2].AsValueSlice(), func(wanted cty.Value) bool { return key.Equals(wanted).True() }) {
				out = append(out, values[i])
			}
		}
		return convert.Convert(cty.TupleVal(out), arguments[0].Type())
	}, function.Parameter{Name: "values", Type: list}, function.Parameter{Name: "keys", Type: list}, function.Parameter{Name: "searchset", Type: list})
}

func one() function.Function {
	return fixed(cty.DynamicPseudoType, func(arguments []cty.Value) (cty.Value, error) {
		list := arguments[0]
		switch t := list.Type(); {
		case !t.IsListType() && !t.IsSetType() && !t.IsTupleType():
		case !list.Length().IsKnown():
			// Unknown elements of a set may be equal, so its length is not known.
			return cty.DynamicVal, nil
		case list.LengthInt() == 0:
			return cty.NullVal(cty.DynamicPseudoType), nil
		case list.LengthInt() == 1:
			return list.AsValueSlice()[0], nil
		}
		return cty.NilVal, function.NewArgErrorf(0, "must be a list, a set or a tuple with no element or one")
	}, function.Parameter{Name: "list", Type: cty.DynamicPseudoType, AllowUnknown: true})
}

func sum() function.Function {
	return fixed(cty.Number, func(arguments []cty.Value) (cty.Value, error) {
		switch {
		case !arguments[0].IsWhollyKnown():
			return cty.UnknownVal(cty.Number), nil
		case arguments[0].LengthInt() == 0:
			return cty.NilVal, function.NewArgErrorf(0, "cannot sum an empty list")
		}
		total := cty.Zero
		for _, number := range arguments[0].AsValueSlice() {
			switch {
			case number.IsNull():
				return cty.NilVal, function.NewArgErrorf(0, "must not contain null")
			case Digits(number) > MaxDigits:
				return cty.NilVal, function.NewArgError(0, errDigits)
			}
			total = total.Add(number)
		}
		return total, nil
	}, function.Parameter{Name: "list", Type: cty.List(cty.Number)})
}

func transpose() function.Function {
	t := cty.Map(cty.List(cty.String))
	return fixed(t, func(arguments []cty.Value) (cty.Value, error) {
		if !arguments[0].IsWhollyKnown() {
			return cty.UnknownVal(t), nil
		}
		lists := map[string][]cty.Value{}
		for it := arguments[0].ElementIterator(); it.Next(); {
			key, list := it.Element()
			if list.IsNull() || slices.ContainsFunc(list.AsValueSlice(), cty.Value.IsNull) {
				return cty.NilVal, function.NewArgErrorf(0, "must not contain a null list or string")
			}
			for _, item := range list.AsValueSlice() {
				lists[item.AsString()] = append(lists[item.AsString()], key)
			}
		}
		out := map[string]cty.Value{}
		for key, list := range lists {
			out[key] = cty.ListVal(list)
		}
		return convert.Convert(cty.ObjectVal(out), t)
	}, function.Parameter{Name: "values", Type: t})
}
