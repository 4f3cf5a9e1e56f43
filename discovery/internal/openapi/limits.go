package openapi

// What a document may hold at most, beside its bytes, which package discovery limits.
const (
	maxSchemaNames   = 100_000 // schemas, or paths
	maxSchemaMembers = 4_000   // names in any other object
	maxSchemaDepth   = 128
	maxSchemaText    = 1 << 20 // bytes of one string
	maxOpenNames     = 4 << 20 // bytes of the names in objects that stand in each other
	maxSchemaVisits  = 20_000  // schemas that are looked at for the fields of one group version
	maxSchemaTexts   = 500_000 // names and values in these
	maxAllVisits     = 200_000 // the same, for all fields
	maxAllTexts      = 2_000_000
	maxBranches      = 500    // alternatives for one field
	maxRuleSteps     = 10_000 // schemas that are judged for the rules of one field
)
