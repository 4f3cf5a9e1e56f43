package funcs

import (
	"encoding/base64"
	"net/url"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// Function is one that expressions may call.
type Function struct {
	Name string
	// Signature is how the page shows a call.
	Signature string
	Doc       string
	// Example evaluates to Result, both as HCL.
	Example, Result string
	Impl            function.Function
}

// Group is a heading of the page.
type Group struct {
	Title     string
	Functions []Function
}

// Groups lists all functions. They mean what Terraform documents for those of the same name.
func Groups() []Group {
	return []Group{
		{"Numbers", []Function{
			{"abs", "abs(number)", "Without its sign.", `abs(-3)`, `3`, guarded(stdlib.AbsoluteFunc, nil)},
			{"ceil", "ceil(number)", "Rounded up.", `ceil(1.2)`, `2`, guarded(stdlib.CeilFunc, nil)},
			{"floor", "floor(number)", "Rounded down.", `floor(1.8)`, `1`, guarded(stdlib.FloorFunc, nil)},
			{"log", "log(number, base)", "The logarithm.", `log(16, 2)`, `4`, guarded(stdlib.LogFunc, nil)},
			{"max", "max(number, ...)", "The greatest number.", `max(1, 3, 2)`, `3`, guarded(stdlib.MaxFunc, nil)},
			{"min", "min(number, ...)", "The least number.", `min(3, 1, 2)`, `1`, guarded(stdlib.MinFunc, nil)},
			{"parseint", "parseint(text, base)", "A whole number, in a base from 2 to 62.", `parseint("ff", 16)`, `255`, guarded(stdlib.ParseIntFunc, nil)},
			{"pow", "pow(number, exponent)", "The power.", `pow(2, 10)`, `1024`, guarded(stdlib.PowFunc, nil)},
			{"signum", "signum(number)", "The sign: -1, 0 or 1.", `signum(-8)`, `-1`, stdlib.SignumFunc},
			{"sum", "sum(list)", "The sum; an empty list is an error.", `sum([1, 2, 3])`, `6`, sum()},
		}},
		{"Text", []Function{
			{"chomp", "chomp(text)", "Without newlines at the end.", `chomp("apps\n")`, `"apps"`, stdlib.ChompFunc},
			{"endswith", "endswith(text, suffix)", "Whether the text ends with it.", `endswith("a.k8s.io", ".k8s.io")`, `true`, comparison(strings.HasSuffix, "suffix")},
			{"format", "format(format, value, ...)", "The text with values for verbs such as %s, %d, %q and %v. Widths are at most 1000.", `format("%s/v%d", "apps", 1)`, `"apps/v1"`, guarded(stdlib.FormatFunc, boundedFormat(false))},
			{"formatlist", "formatlist(format, list, ...)", "A formatted text for each item.", `formatlist("%s/status", ["pods", "nodes"])`, `["pods/status", "nodes/status"]`, guarded(stdlib.FormatListFunc, boundedFormat(true))},
			{"indent", "indent(spaces, text)", "At most 1000 spaces before each line except the first.", `indent(2, "a\nb")`, `"a\n  b"`, guarded(stdlib.IndentFunc, boundedIndent)},
			{"join", "join(separator, list, ...)", "The items as one text.", `join("/", ["apps", "v1"])`, `"apps/v1"`, guarded(stdlib.JoinFunc, boundedJoin)},
			{"lower", "lower(text)", "In lower case.", `lower("Pods")`, `"pods"`, stdlib.LowerFunc},
			{"replace", "replace(text, old, new)", "The text with each old replaced. Between slashes, old is a regular expression, and new may have its groups: $1 or ${name}.", `replace("a.b", ".", "-")`, `"a-b"`, replace()},
			{"split", "split(separator, text)", "A list of the parts.", `split("/", "apps/v1")`, `["apps", "v1"]`, guarded(stdlib.SplitFunc, boundedSplit)},
			{"startswith", "startswith(text, prefix)", "Whether the text begins with it.", `startswith("apps/v1", "apps/")`, `true`, comparison(strings.HasPrefix, "prefix")},
			{"strcontains", "strcontains(text, part)", "Whether the text contains it.", `strcontains("apps/v1", "/")`, `true`, comparison(strings.Contains, "substr")},
			{"strrev", "strrev(text)", "Backwards.", `strrev("pods")`, `"sdop"`, stdlib.ReverseFunc},
			{"substr", "substr(text, offset, length)", "A part of the text. A negative offset counts from the end; length -1 is the rest.", `substr("apps/v1", 5, -1)`, `"v1"`, stdlib.SubstrFunc},
			{"title", "title(text)", "Each word with a capital letter.", `title("config map")`, `"Config Map"`, stdlib.TitleFunc},
			{"trim", "trim(text, characters)", "Without the characters at both ends.", `trim("--a-b--", "-")`, `"a-b"`, stdlib.TrimFunc},
			{"trimprefix", "trimprefix(text, prefix)", "Without the prefix.", `trimprefix("v1.30", "v")`, `"1.30"`, stdlib.TrimPrefixFunc},
			{"trimspace", "trimspace(text)", "Without white space at both ends.", `trimspace("  pods\n")`, `"pods"`, stdlib.TrimSpaceFunc},
			{"trimsuffix", "trimsuffix(text, suffix)", "Without the suffix.", `trimsuffix("a.k8s.io", ".k8s.io")`, `"a"`, stdlib.TrimSuffixFunc},
			{"upper", "upper(text)", "In upper case.", `upper("pods")`, `"PODS"`, stdlib.UpperFunc},
		}},
		{"Regular expressions", []Function{
			{"regex", "regex(pattern, text)", "The first match; with groups, a list or an object of them. No match is an error.", `regex("v[0-9]+", "apps/v1")`, `"v1"`, guarded(stdlib.RegexFunc, boundedPattern)},
			{"regexall", "regexall(pattern, text)", "A list of all matches.", `regexall("[a-z]+", "a/b")`, `["a", "b"]`, guarded(stdlib.RegexAllFunc, boundedMatches)},
		}},
		{"Collections", []Function{
			{"chunklist", "chunklist(list, size)", "Pieces of at most this size.", `chunklist(["a", "b", "c"], 2)`, `[["a", "b"], ["c"]]`, stdlib.ChunklistFunc},
			{"coalesce", "coalesce(value, ...)", "The first that is neither null nor an empty text.", `coalesce("", null, "a")`, `"a"`, coalesce()},
			{"coalescelist", "coalescelist(list, ...)", "The first that is not empty.", `coalescelist([], ["a"])`, `["a"]`, stdlib.CoalesceListFunc},
			{"compact", "compact(list)", "Without null and empty texts.", `compact(["a", "", null])`, `["a"]`, stdlib.CompactFunc},
			{"concat", "concat(list, ...)", "One list of all items.", `concat(["get"], ["list", "watch"])`, `["get", "list", "watch"]`, stdlib.ConcatFunc},
			{"contains", "contains(list, value)", "Whether the list contains it.", `contains(["get", "list"], "get")`, `true`, stdlib.ContainsFunc},
			{"distinct", "distinct(list)", "Without repeated items.", `distinct(["a", "b", "a"])`, `["a", "b"]`, stdlib.DistinctFunc},
			{"element", "element(list, index)", "The item; after the last, the first one comes again.", `element(["a", "b"], 3)`, `"b"`, stdlib.ElementFunc},
			{"flatten", "flatten(list)", "With the items of inner lists in their place.", `flatten(["a", ["b", ["c"]]])`, `["a", "b", "c"]`, stdlib.FlattenFunc},
			{"index", "index(list, value)", "The first index, from 0.", `index(["a", "b"], "b")`, `1`, index()},
			{"keys", "keys(map)", "The keys, sorted.", `keys({ b = 1, a = 2 })`, `["a", "b"]`, stdlib.KeysFunc},
			{"length", "length(value)", "The number of items or characters.", `length(["a", "b"])`, `2`, length()},
			{"lookup", "lookup(map, key, default)", "The value of the key, or the default.", `lookup({ a = "x" }, "b", "y")`, `"y"`, guarded(stdlib.LookupFunc, nil)},
			{"matchkeys", "matchkeys(values, keys, search)", "The values whose keys are in search.", `matchkeys(["a", "b"], ["x", "y"], ["y"])`, `["b"]`, matchkeys()},
			{"merge", "merge(map, ...)", "One map. The last value of a key wins.", `merge({ a = 1 }, { a = 2, b = 3 })`, `{ a = 2, b = 3 }`, stdlib.MergeFunc},
			{"one", "one(list)", "The only item; null for an empty list.", `one(["a"])`, `"a"`, one()},
			{"range", "range(start, limit, step)", "Numbers from start (default 0) to before limit, at most 1024.", `range(3)`, `[0, 1, 2]`, guarded(stdlib.RangeFunc, nil)},
			{"reverse", "reverse(list)", "Backwards.", `reverse(["a", "b"])`, `["b", "a"]`, stdlib.ReverseListFunc},
			{"slice", "slice(list, start, end)", "The items from start to before end.", `slice(["a", "b", "c"], 1, 3)`, `["b", "c"]`, stdlib.SliceFunc},
			{"sort", "sort(list)", "Texts, sorted.", `sort(["b", "a"])`, `["a", "b"]`, stdlib.SortFunc},
			{"transpose", "transpose(map)", "A map of lists, with keys and items exchanged.", `transpose({ a = ["x", "y"], b = ["y"] })`, `{ x = ["a"], y = ["a", "b"] }`, transpose()},
			{"values", "values(map)", "The values, by sorted key.", `values({ b = 1, a = 2 })`, `[2, 1]`, stdlib.ValuesFunc},
			{"zipmap", "zipmap(keys, values)", "A map of keys and values.", `zipmap(["a", "b"], [1, 2])`, `{ a = 1, b = 2 }`, stdlib.ZipmapFunc},
		}},
		{"Sets", []Function{
			{"setintersection", "setintersection(set, ...)", "Items of every set.", `setintersection(["a", "b"], ["b", "c"])`, `["b"]`, stdlib.SetIntersectionFunc},
			{"setproduct", "setproduct(set, ...)", "Combinations of one item of each set.", `setproduct(["a", "b"], ["x"])`, `[["a", "x"], ["b", "x"]]`, guarded(stdlib.SetProductFunc, boundedProduct)},
			{"setsubtract", "setsubtract(set, other)", "Items that are not in the other.", `setsubtract(["a", "b"], ["b"])`, `["a"]`, stdlib.SetSubtractFunc},
			{"setunion", "setunion(set, ...)", "Items of any set.", `setunion(["a"], ["b", "a"])`, `["a", "b"]`, stdlib.SetUnionFunc},
		}},
		{"Truth and failure", []Function{
			{"alltrue", "alltrue(list)", "Whether all items are true; true for an empty list.", `alltrue([true, false])`, `false`, quantifier(false)},
			{"anytrue", "anytrue(list)", "Whether an item is true.", `anytrue([true, false])`, `true`, quantifier(true)},
			{"can", "can(expression)", "Whether it has no error.", `can(tonumber("a"))`, `false`, can()},
			{"try", "try(expression, ...)", "The first without an error.", `try(tonumber("a"), 0)`, `0`, try()},
		}},
		{"Conversion", []Function{
			{"tobool", "tobool(value)", "The value as bool.", `tobool("true")`, `true`, stdlib.MakeToFunc(cty.Bool)},
			{"tolist", "tolist(value)", "As a list of one type.", `tolist(["a", 1])`, `["a", "1"]`, stdlib.MakeToFunc(cty.List(cty.DynamicPseudoType))},
			{"tomap", "tomap(value)", "As a map of one type.", `tomap({ a = 1, b = "2" })`, `{ a = "1", b = "2" }`, stdlib.MakeToFunc(cty.Map(cty.DynamicPseudoType))},
			{"tonumber", "tonumber(value)", "The value as number.", `tonumber("30")`, `30`, guarded(stdlib.MakeToFunc(cty.Number), boundedNumber)},
			{"toset", "toset(value)", "As a set: no order, no repeats.", `toset(["b", "a", "b"])`, `["a", "b"]`, stdlib.MakeToFunc(cty.Set(cty.DynamicPseudoType))},
			{"tostring", "tostring(value)", "The value as text.", `tostring(30)`, `"30"`, stdlib.MakeToFunc(cty.String)},
		}},
		{"Encoding", []Function{
			{"base64decode", "base64decode(text)", "UTF-8 text of Base64.", `base64decode("cG9kcw==")`, `"pods"`, base64decode()},
			{"base64encode", "base64encode(text)", "In Base64.", `base64encode("pods")`, `"cG9kcw=="`, conversion(func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) })},
			{"jsondecode", "jsondecode(text)", "The value of JSON.", `jsondecode("{\"a\": [1, true]}").a[0]`, `1`, guarded(stdlib.JSONDecodeFunc, boundedJSON)},
			{"jsonencode", "jsonencode(value)", "In JSON.", `jsonencode({ a = ["b", null] })`, `"{\"a\":[\"b\",null]}"`, stdlib.JSONEncodeFunc},
			{"urlencode", "urlencode(text)", "Escaped for the query of a URL.", `urlencode("a b/c")`, `"a+b%2Fc"`, conversion(url.QueryEscape)},
		}},
	}
}
