package funcs

import (
	"errors"
	"slices"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// isSequence tells whether a type is a list, a set or a tuple.
func isSequence(t cty.Type) bool { return t.IsListType() || t.IsSetType() || t.IsTupleType() }

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
		case t != cty.DynamicPseudoType && !t.IsCollectionType() && !t.IsTupleType():
			return cty.NilVal, function.NewArgErrorf(0, "must be a string, a list, a set, a map or an object")
		}
		return arguments[0].Length(), nil
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
		if len(out) == 0 {
			return cty.ListValEmpty(arguments[0].Type().ElementType()), nil
		}
		return cty.ListVal(out), nil
	}, function.Parameter{Name: "values", Type: list}, function.Parameter{Name: "keys", Type: list}, function.Parameter{Name: "searchset", Type: list})
}

func one() function.Function {
	return fixed(cty.DynamicPseudoType, func(arguments []cty.Value) (cty.Value, error) {
		list := arguments[0]
		switch {
		case !isSequence(list.Type()):
		case !list.Length().IsKnown():
			// Of a set with unknown elements, how many are equal is not known.
			return cty.DynamicVal, nil
		case list.LengthInt() == 0:
			return cty.NullVal(cty.DynamicPseudoType), nil
		case list.LengthInt() == 1:
			return list.AsValueSlice()[0], nil
		}
		return cty.NilVal, function.NewArgErrorf(0, "must be a list, a set or a tuple with no element or one")
	}, function.Parameter{Name: "list", Type: cty.DynamicPseudoType})
}

func sum() function.Function {
	return fixed(cty.Number, func(arguments []cty.Value) (cty.Value, error) {
		switch {
		case !isSequence(arguments[0].Type()):
			return cty.NilVal, function.NewArgErrorf(0, "must be a list, a set or a tuple of numbers")
		case !arguments[0].IsWhollyKnown():
			return cty.UnknownVal(cty.Number), nil
		case arguments[0].LengthInt() == 0:
			return cty.NilVal, function.NewArgErrorf(0, "cannot sum an empty list")
		}
		total := cty.Zero
		for _, item := range arguments[0].AsValueSlice() {
			number, err := convert.Convert(item, cty.Number)
			switch {
			case err != nil || number.IsNull():
				return cty.NilVal, function.NewArgErrorf(0, "must be a list, a set or a tuple of numbers")
			case Digits(number) > MaxDigits:
				return cty.NilVal, function.NewArgError(0, errDigits)
			}
			total = total.Add(number)
		}
		return total, nil
	}, function.Parameter{Name: "list", Type: cty.DynamicPseudoType})
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
		if len(lists) == 0 {
			return cty.MapValEmpty(t.ElementType()), nil
		}
		out := map[string]cty.Value{}
		for key, list := range lists {
			out[key] = cty.ListVal(list)
		}
		return cty.MapVal(out), nil
	}, function.Parameter{Name: "values", Type: t})
}
