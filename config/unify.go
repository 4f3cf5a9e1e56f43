package config

import (
	"math/big"
	"slices"
	"strconv"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
)

// To make a list, a set or a map, cty looks for one type that fits all items. It
// compares each with each, even where all types are the same: 10,000 items take
// seconds. So collections whose items have one type are made here, and what is
// left to cty is counted before.

const (
	// maxUnifyCost bounds the comparisons of types that a conversion takes.
	maxUnifyCost = 16 << 20
	// maxUnifyCosts bounds those of all conversions of a declaration.
	maxUnifyCosts = 4 * maxUnifyCost
)

// collected gives a value that cty converts to a type with the same result, and
// how many types it compares for that. Where that takes no comparison, all that is
// within the value is converted already.
func collected(v cty.Value, t cty.Type) (cty.Value, int) {
	from := v.Type()
	if t == cty.DynamicPseudoType || from.Equals(t) || !v.IsKnown() || v.IsNull() || !becomes(from, t) {
		return v, 0
	}
	v, marks := v.Unmark()
	keys, items := entries(v)
	cost, mistaken := 0, false
	for i, item := range items {
		want := placeType(t, keys[i])
		item, itemCost := collected(item, want)
		cost = min(cost+itemCost, maxUnifyCost+1)
		if cost == 0 && !mistaken {
			converted, err := convertItem(item, want)
			if mistaken = err != nil; !mistaken {
				item = converted
			}
		}
		items[i] = item
	}
	switch {
	case len(items) == 0 || mistaken:
		// Where an item is mistaken, cty ends before it compares types.
	case !t.IsCollectionType():
		if t.IsObjectType() && cost == 0 {
			return attributes(t, keys, items).WithMarks(marks), 0
		}
	case cost == 0 && sameTypes(items) && !comparesAgain(t):
		return collection(t, keys, items).WithMarks(marks), 0
	default:
		cost = min(cost+comparisons(typesOf(items)), maxUnifyCost+1)
	}
	if from.IsTupleType() {
		return cty.TupleVal(items).WithMarks(marks), cost
	}
	return cty.ObjectVal(byKey(keys, items)).WithMarks(marks), cost
}

// convertItem is convert.Convert, but quick for whole numbers that become texts:
// cty writes out all 512 bits of each.
func convertItem(item cty.Value, want cty.Type) (cty.Value, error) {
	if want == cty.String && item.Type() == cty.Number && !item.IsMarked() && item.IsKnown() && !item.IsNull() {
		f := item.AsBigFloat()
		if n, accuracy := f.Int64(); accuracy == big.Exact && (n != 0 || !f.Signbit()) {
			return cty.StringVal(strconv.FormatInt(n, 10)), nil
		}
	}
	return convert.Convert(item, want)
}

// becomes tells whether a type is a tuple or an object, and can be converted to
// the other.
func becomes(from, t cty.Type) bool {
	switch {
	case from.IsTupleType():
		return t.IsListType() || t.IsSetType() || t.IsTupleType() && t.Length() == from.Length()
	case from.IsObjectType():
		return t.IsMapType() || t.IsObjectType()
	}
	return false
}

// attributes makes an object of those attributes that its type has. Left out are
// only those that are required: cty says which.
func attributes(t cty.Type, keys []string, items []cty.Value) cty.Value {
	out := byKey(keys, items)
	for name := range out {
		if !t.HasAttribute(name) {
			delete(out, name)
		}
	}
	for name := range t.OptionalAttributes() {
		if _, found := out[name]; !found {
			out[name] = cty.NullVal(t.AttributeType(name).WithoutOptionalAttributesDeep())
		}
	}
	return cty.ObjectVal(out)
}

// comparesAgain tells whether cty looks for one type of the values of a map that
// has one already.
func comparesAgain(t cty.Type) bool {
	return t.IsMapType() && t.ElementType() != cty.DynamicPseudoType && t.HasDynamicTypes()
}

// placeType is the type that a type has for an item, or any type where it has none.
func placeType(t cty.Type, key string) cty.Type {
	switch {
	case t.IsCollectionType():
		return t.ElementType()
	case t.IsObjectType() && t.HasAttribute(key):
		return t.AttributeType(key)
	case t.IsTupleType():
		if i, err := strconv.Atoi(key); err == nil {
			return t.TupleElementType(i)
		}
	}
	return cty.DynamicPseudoType
}

// entries gives the items of a tuple or an object, by their indices or names.
func entries(v cty.Value) (keys []string, items []cty.Value) {
	if v.Type().IsTupleType() {
		items = v.AsValueSlice()
		for i := range items {
			keys = append(keys, strconv.Itoa(i))
		}
		return keys, items
	}
	attributes := v.AsValueMap()
	keys = sortedKeys(attributes)
	for _, key := range keys {
		items = append(items, attributes[key])
	}
	return keys, items
}

func byKey(keys []string, items []cty.Value) map[string]cty.Value {
	out := make(map[string]cty.Value, len(items))
	for i, item := range items {
		out[keys[i]] = item
	}
	return out
}

func collection(t cty.Type, keys []string, items []cty.Value) cty.Value {
	switch {
	case t.IsListType():
		return cty.ListVal(items)
	case t.IsSetType():
		return cty.SetVal(items)
	}
	return cty.MapVal(byKey(keys, items))
}

// sameTypes tells whether all items have one type, of which nothing is left open:
// what becomes of the others is left to cty.
func sameTypes(items []cty.Value) bool {
	first := items[0].Type()
	return !first.HasDynamicTypes() &&
		!slices.ContainsFunc(items[1:], func(item cty.Value) bool { return !item.Type().Equals(first) })
}

func typesOf(items []cty.Value) []cty.Type {
	types := make([]cty.Type, len(items))
	for i, item := range items {
		types[i] = item.Type()
	}
	return types
}

// comparisons tells how many types are compared to find one for all: each with
// each, and so are those at the same place within them. Where the types have not
// as many places, all that are within any of them are.
func comparisons(types []cty.Type) int {
	nodes, lengths := 0, map[int]bool{}
	for _, t := range types {
		nodes += typeNodes(t)
		lengths[len(inner(t))] = true
	}
	within := map[string][]cty.Type{}
	for _, t := range types {
		for key, item := range inner(t) {
			if len(lengths) > 1 {
				key = ""
			}
			within[key] = append(within[key], item)
		}
	}
	cost := 0
	for _, group := range within {
		cost = min(cost+comparisons(group), maxUnifyCost+1)
	}
	return max(cost, min(len(types)*nodes, maxUnifyCost+1))
}

func inner(t cty.Type) map[string]cty.Type {
	switch {
	case t.IsCollectionType():
		return map[string]cty.Type{"": t.ElementType()}
	case t.IsObjectType():
		return t.AttributeTypes()
	case t.IsTupleType():
		out := map[string]cty.Type{}
		for i, item := range t.TupleElementTypes() {
			out[strconv.Itoa(i)] = item
		}
		return out
	}
	return nil
}

func typeNodes(t cty.Type) int {
	nodes := 1
	for _, item := range inner(t) {
		nodes += typeNodes(item)
	}
	return nodes
}

// ofCollections makes a function convert its collections itself. Where hcl does it
// before, cty compares the types of all items.
func ofCollections(f function.Function) function.Function {
	wanted := func(i int) cty.Type {
		if i < len(f.Params()) {
			return f.Params()[i].Type
		}
		return f.VarParam().Type
	}
	// What may be null, unknown or marked is for the function itself to say.
	open := func(p function.Parameter) function.Parameter {
		if p.Type.IsCollectionType() {
			p.Type = cty.DynamicPseudoType
		}
		p.AllowNull, p.AllowUnknown, p.AllowDynamicType, p.AllowMarked = true, true, true, true
		return p
	}
	spec := &function.Spec{}
	for _, p := range f.Params() {
		spec.Params = append(spec.Params, open(p))
	}
	if p := f.VarParam(); p != nil {
		opened := open(*p)
		spec.VarParam = &opened
	}
	converted := func(arguments []cty.Value) ([]cty.Value, error) {
		out := make([]cty.Value, len(arguments))
		for i, a := range arguments {
			a, _ = collected(a, wanted(i))
			var err error
			if out[i], err = convert.Convert(a, wanted(i)); err != nil {
				return nil, function.NewArgError(i, err)
			}
		}
		return out, nil
	}
	spec.Type = func(arguments []cty.Value) (cty.Type, error) {
		// For most, the types are enough, and the conversion is left to the call.
		unknown := slices.Clone(arguments)
		for i := range unknown {
			if want := wanted(i); want.IsCollectionType() {
				unknown[i] = cty.UnknownVal(want)
			}
		}
		if t, err := f.ReturnTypeForValues(unknown); err == nil && !t.HasDynamicTypes() {
			return t, nil
		}
		arguments, err := converted(arguments)
		if err != nil {
			return cty.NilType, err
		}
		return f.ReturnTypeForValues(arguments)
	}
	spec.Impl = func(arguments []cty.Value, _ cty.Type) (cty.Value, error) {
		arguments, err := converted(arguments)
		if err != nil {
			return cty.NilVal, err
		}
		return f.Call(arguments)
	}
	return function.New(spec)
}
