package config

import (
	"math"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// functionTable lists all functions. They mean what Terraform's documentation
// says of those of the same name.
func functionTable() []functionGroup {
	return []functionGroup{
		{"Numbers", numberFunctions()},
		{"Text", textFunctions()},
		{"Regular expressions", patternFunctions()},
		{"Collections", collectionFunctions()},
		{"Sets", setFunctions()},
		{"Truth and failure", logicFunctions()},
		{"Conversion", conversionFunctions()},
		{"Encoding", encodingFunctions()},
		{"Kubernetes", kubernetesFunctions()},
	}
}

func numberFunctions() []functionSchema {
	return []functionSchema{
		{"abs", "abs(number)", "The number without its sign.", `abs(-3)`, `3`, stdlib.AbsoluteFunc, sameNumber},
		{"ceil", "ceil(number)", "The nearest whole number that is not less.", `ceil(1.2)`, `2`, stdlib.CeilFunc, sameNumber},
		{"floor", "floor(number)", "The nearest whole number that is not greater.", `floor(1.8)`, `1`, stdlib.FloorFunc, sameNumber},
		{"log", "log(number, base)", "The logarithm of the number.", `log(16, 2)`, `4`, ofFloats(logarithm, "num", "base"), floatNumber},
		{"max", "max(number, ...)", "The greatest of the numbers.", `max(1, 3, 2)`, `3`, stdlib.MaxFunc, sameNumber},
		{"min", "min(number, ...)", "The least of the numbers.", `min(3, 1, 2)`, `1`, stdlib.MinFunc, sameNumber},
		{"parseint", "parseint(text, base)", "The whole number that the text writes in a base from 2 to 62.", `parseint("ff", 16)`, `255`, guarded(stdlib.ParseIntFunc, boundedDigits), parsedNumber},
		{"pow", "pow(number, exponent)", "The number raised to a power.", `pow(2, 10)`, `1024`, ofFloats(math.Pow, "num", "power"), floatNumber},
		{"signum", "signum(number)", "-1, 0 or 1: the sign of the number.", `signum(-8)`, `-1`, stdlib.SignumFunc, smallNumber},
		{"sum", "sum(list)", "The sum of the numbers of a list, which has one at least.", `sum([1, 2, 3])`, `6`, sum(), sameNumber},
	}
}

func textFunctions() []functionSchema {
	return []functionSchema{
		{"chomp", "chomp(text)", "The text without the newlines at its end.", `chomp("apps\n")`, `"apps"`, stdlib.ChompFunc, sameText},
		{"endswith", "endswith(text, suffix)", "Whether the text ends with the suffix.", `endswith("a.k8s.io", ".k8s.io")`, `true`, comparison(strings.HasSuffix, "suffix"), boolOf},
		{"format", "format(format, value, ...)", "A text with the values put in, by verbs such as %s, %d, %q and %v. Widths are at most 1000.", `format("%s/v%d", "apps", 1)`, `"apps/v1"`, guarded(stdlib.FormatFunc, boundedFormat), formatted},
		{"formatlist", "formatlist(format, list, ...)", "A list of texts, one for each item of the lists.", `formatlist("%s/status", ["pods", "nodes"])`, `["pods/status", "nodes/status"]`, guarded(stdlib.FormatListFunc, boundedFormat), formattedList},
		{"indent", "indent(spaces, text)", "The text with spaces, at most 1000, at the beginning of each line but the first.", `indent(2, "a\nb")`, `"a\n  b"`, guarded(stdlib.IndentFunc, boundedIndent), indented},
		{"join", "join(separator, list, ...)", "The texts of the lists, with the separator between them.", `join("/", ["apps", "v1"])`, `"apps/v1"`, ofCollections(stdlib.JoinFunc), joined},
		{"lower", "lower(text)", "The text in lower case.", `lower("Pods")`, `"pods"`, stdlib.LowerFunc, anyCase},
		{"replace", "replace(text, old, new)", "The text with old replaced by new wherever it stands. Between slashes, old is a regular expression, and new may refer to its groups as $1 or ${name}.", `replace("a.b", ".", "-")`, `"a-b"`, replace(), replaced},
		{"split", "split(separator, text)", "The parts of the text between the separators.", `split("/", "apps/v1")`, `["apps", "v1"]`, stdlib.SplitFunc, parts},
		{"startswith", "startswith(text, prefix)", "Whether the text begins with the prefix.", `startswith("apps/v1", "apps/")`, `true`, comparison(strings.HasPrefix, "prefix"), boolOf},
		{"strcontains", "strcontains(text, part)", "Whether the part stands in the text.", `strcontains("apps/v1", "/")`, `true`, comparison(strings.Contains, "substr"), boolOf},
		{"strrev", "strrev(text)", "The text backwards.", `strrev("pods")`, `"sdop"`, stdlib.ReverseFunc, anyCase},
		{"substr", "substr(text, offset, length)", "A part of the text. A negative offset counts from the end; the length -1 means the rest.", `substr("apps/v1", 5, -1)`, `"v1"`, stdlib.SubstrFunc, sameText},
		{"title", "title(text)", "The text with the first letter of each word in upper case.", `title("config map")`, `"Config Map"`, stdlib.TitleFunc, anyCase},
		{"trim", "trim(text, characters)", "The text without the characters at both ends.", `trim("--a-b--", "-")`, `"a-b"`, stdlib.TrimFunc, sameText},
		{"trimprefix", "trimprefix(text, prefix)", "The text without the prefix.", `trimprefix("v1.30", "v")`, `"1.30"`, stdlib.TrimPrefixFunc, sameText},
		{"trimspace", "trimspace(text)", "The text without the white space at both ends.", `trimspace("  pods\n")`, `"pods"`, stdlib.TrimSpaceFunc, sameText},
		{"trimsuffix", "trimsuffix(text, suffix)", "The text without the suffix.", `trimsuffix("a.k8s.io", ".k8s.io")`, `"a"`, stdlib.TrimSuffixFunc, sameText},
		{"upper", "upper(text)", "The text in upper case.", `upper("pods")`, `"PODS"`, stdlib.UpperFunc, anyCase},
	}
}

func patternFunctions() []functionSchema {
	return []functionSchema{
		{"regex", "regex(pattern, text)", "The first match, or its groups: a list, or an object where they have names. A failure where there is none.", `regex("v[0-9]+", "apps/v1")`, `"v1"`, guarded(stdlib.RegexFunc, boundedPattern), matched},
		{"regexall", "regexall(pattern, text)", "A list of all matches.", `regexall("[a-z]+", "a/b")`, `["a", "b"]`, guarded(stdlib.RegexAllFunc, boundedPattern), allMatched},
	}
}

func collectionFunctions() []functionSchema {
	return []functionSchema{
		{"chunklist", "chunklist(list, size)", "The list in pieces of at most that size.", `chunklist(["a", "b", "c"], 2)`, `[["a", "b"], ["c"]]`, stdlib.ChunklistFunc, chunked},
		{"coalesce", "coalesce(value, ...)", "The first value that is neither null nor an empty text.", `coalesce("", null, "a")`, `"a"`, coalesce(), oneOf},
		{"coalescelist", "coalescelist(list, ...)", "The first list that is not empty.", `coalescelist([], ["a"])`, `["a"]`, stdlib.CoalesceListFunc, oneOf},
		{"compact", "compact(list)", "The list of texts without those that are null or empty.", `compact(["a", "", null])`, `["a"]`, stdlib.CompactFunc, sameList},
		{"concat", "concat(list, ...)", "The items of all lists.", `concat(["get"], ["list", "watch"])`, `["get", "list", "watch"]`, stdlib.ConcatFunc, together},
		{"contains", "contains(list, value)", "Whether the value is in the list.", `contains(["get", "list"], "get")`, `true`, stdlib.ContainsFunc, search},
		{"distinct", "distinct(list)", "The list without what repeats an earlier item.", `distinct(["a", "b", "a"])`, `["a", "b"]`, stdlib.DistinctFunc, compared},
		{"element", "element(list, index)", "The item at an index from 0, which begins anew where the list ends.", `element(["a", "b"], 3)`, `"b"`, stdlib.ElementFunc, item},
		{"flatten", "flatten(list)", "The list with the items of the lists in it, at any depth, in their place.", `flatten(["a", ["b", ["c"]]])`, `["a", "b", "c"]`, stdlib.FlattenFunc, flat},
		{"index", "index(list, value)", "The index from 0 of the first item that equals the value.", `index(["a", "b"], "b")`, `1`, index(), searchIndex},
		{"keys", "keys(map)", "The keys of a map or an object, sorted.", `keys({ b = 1, a = 2 })`, `["a", "b"]`, stdlib.KeysFunc, sameList},
		{"length", "length(value)", "How many items a list, a set, a map or an object has, or how many characters a text.", `length(["a", "b"])`, `2`, length(), smallCount},
		{"lookup", "lookup(map, key, default)", "What the map has under the key, or the default.", `lookup({ a = "x" }, "b", "y")`, `"y"`, stdlib.LookupFunc, lookedUp},
		{"matchkeys", "matchkeys(values, keys, search)", "Those values of which the key, at the same index, is in the search list.", `matchkeys(["a", "b"], ["x", "y"], ["y"])`, `["b"]`, matchkeys(), matchedKeys},
		{"merge", "merge(map, ...)", "One map of all; of several values under a key, the last one.", `merge({ a = 1 }, { a = 2, b = 3 })`, `{ a = 2, b = 3 }`, stdlib.MergeFunc, together},
		{"one", "one(list)", "The only item of a list, or null where it is empty.", `one(["a"])`, `"a"`, one(), item},
		{"range", "range(start, limit, step)", "Numbers from start (0 where it is left out) to before limit, at most 1024.", `range(3)`, `[0, 1, 2]`, stdlib.RangeFunc, ranged},
		{"reverse", "reverse(list)", "The list backwards.", `reverse(["a", "b"])`, `["b", "a"]`, stdlib.ReverseListFunc, sameList},
		{"slice", "slice(list, start, end)", "The items from one index to before another.", `slice(["a", "b", "c"], 1, 3)`, `["b", "c"]`, stdlib.SliceFunc, sameList},
		{"sort", "sort(list)", "The list of texts, sorted by their characters.", `sort(["b", "a"])`, `["a", "b"]`, stdlib.SortFunc, sameList},
		{"transpose", "transpose(map)", "A map of lists of texts with keys and texts exchanged.", `transpose({ a = ["x", "y"], b = ["y"] })`, `{ x = ["a"], y = ["a", "b"] }`, ofCollections(transpose()), transposed},
		{"values", "values(map)", "The values of a map or an object, in the order of the keys.", `values({ b = 1, a = 2 })`, `[2, 1]`, stdlib.ValuesFunc, sameList},
		{"zipmap", "zipmap(keys, values)", "A map of keys and the values at the same index.", `zipmap(["a", "b"], [1, 2])`, `{ a = 1, b = 2 }`, ofCollections(stdlib.ZipmapFunc), zipped},
	}
}

func setFunctions() []functionSchema {
	return []functionSchema{
		{"setintersection", "setintersection(set, ...)", "What is in every set.", `setintersection(["a", "b"], ["b", "c"])`, `["b"]`, stdlib.SetIntersectionFunc, together},
		{"setproduct", "setproduct(set, ...)", "Every combination of one item of each set.", `setproduct(["a", "b"], ["x"])`, `[["a", "x"], ["b", "x"]]`, stdlib.SetProductFunc, product},
		{"setsubtract", "setsubtract(set, other)", "What is in the set and not in the other.", `setsubtract(["a", "b"], ["b"])`, `["a"]`, stdlib.SetSubtractFunc, together},
		{"setunion", "setunion(set, ...)", "What is in any of the sets.", `setunion(["a"], ["b", "a"])`, `["a", "b"]`, stdlib.SetUnionFunc, together},
	}
}

func logicFunctions() []functionSchema {
	return []functionSchema{
		{"alltrue", "alltrue(list)", "Whether every item is true, as of no item at all.", `alltrue([true, false])`, `false`, ofCollections(quantifier(false)), boolOf},
		{"anytrue", "anytrue(list)", "Whether an item is true.", `anytrue([true, false])`, `true`, ofCollections(quantifier(true)), boolOf},
		{"can", "can(expression)", "Whether the expression can be evaluated.", `can(tonumber("a"))`, `false`, can(), boolOf},
		{"try", "try(expression, ...)", "The first of the expressions that can be evaluated.", `try(tonumber("a"), 0)`, `0`, try(), oneOf},
	}
}

func conversionFunctions() []functionSchema {
	return []functionSchema{
		{"tobool", "tobool(value)", "The value as a bool.", `tobool("true")`, `true`, stdlib.MakeToFunc(cty.Bool), boolOf},
		{"tolist", "tolist(value)", "The value as a list, whose items have one type.", `tolist(["a", 1])`, `["a", "1"]`, stdlib.MakeToFunc(cty.List(cty.DynamicPseudoType)), together},
		{"tomap", "tomap(value)", "The value as a map, whose values have one type.", `tomap({ a = 1, b = "2" })`, `{ a = "1", b = "2" }`, stdlib.MakeToFunc(cty.Map(cty.DynamicPseudoType)), together},
		{"tonumber", "tonumber(value)", "The value as a number.", `tonumber("30")`, `30`, guarded(stdlib.MakeToFunc(cty.Number), boundedNumber), checkedNumber},
		{"toset", "toset(value)", "The value as a set: without order, and nothing twice.", `toset(["b", "a", "b"])`, `["a", "b"]`, stdlib.MakeToFunc(cty.Set(cty.DynamicPseudoType)), together},
		{"tostring", "tostring(value)", "The value as a text.", `tostring(30)`, `"30"`, stdlib.MakeToFunc(cty.String), sameText},
	}
}

func encodingFunctions() []functionSchema {
	return []functionSchema{
		{"base64decode", "base64decode(text)", "The text that Base64 encodes, which is UTF-8.", `base64decode("cG9kcw==")`, `"pods"`, base64decode(), anyCase},
		{"base64encode", "base64encode(text)", "The text in Base64.", `base64encode("pods")`, `"cG9kcw=="`, base64encode(), encoded},
		{"jsondecode", "jsondecode(text)", "The value that JSON writes.", `jsondecode("{\"a\": [1, true]}").a[0]`, `1`, guarded(stdlib.JSONDecodeFunc, boundedJSON), decoded},
		{"jsonencode", "jsonencode(value)", "The value in JSON.", `jsonencode({ a = ["b", null] })`, `"{\"a\":[\"b\",null]}"`, stdlib.JSONEncodeFunc, encoded},
		{"urlencode", "urlencode(text)", "The text as it may stand in the query of a URL.", `urlencode("a b/c")`, `"a+b%2Fc"`, urlencode(), encoded},
	}
}

func kubernetesFunctions() []functionSchema {
	return []functionSchema{
		{"kind", "kind(name)", "A kind, for served in an assert, which asks by it whether a resource is served.", `kind("Ingress")`, `{ kind = "Ingress" }`, kindFunction(), kindObject},
	}
}
