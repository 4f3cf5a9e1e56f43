package discovery

// DecodeAggregated is for tests that use internal/apitest, which imports this
// package.
var DecodeAggregated = decodeAggregated
