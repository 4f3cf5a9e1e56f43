package discovery

import "github.com/kreconcile/kreconcile/kubeapi"

// What an answer may hold at most. A stock cluster's documents are a hundredth
// of this; the limits are there so that a broken or hostile server cannot take
// the memory of the machine that asks.
const (
	maxDocument  = 16 << 20 // bytes of GET /api or GET /apis, after decompression
	maxVersion   = 64 << 10 // bytes of GET /version
	maxReview    = 1 << 20  // bytes of the answer to an access review
	maxErrorBody = 64 << 10 // bytes of an answer that is only quoted

	// Where documents are not aggregated, each group version has one of its own.
	maxResourceList  = 2 << 20  // bytes of one
	maxResourceLists = 64 << 20 // bytes of all

	maxGroups    = 5_000
	maxVersions  = 10_000  // group versions
	maxResources = 100_000 // resources and subresources
	maxTexts     = 1_000_000

	maxListResources = 10_000 // resources and subresources of one group version's own document

	maxSchemaIndex = 4 << 20  // bytes of GET /openapi/v3
	maxSchemas     = 32 << 20 // bytes of the OpenAPI document of one group version
	// Beyond this, one such document is read after the other. It is a power of 2.
	smallSchemas = 4 << 20

	maxSchemaNames   = 100_000 // schemas, or paths, of one such document
	maxSchemaMembers = 4_000   // names in any other object of it
	maxSchemaDepth   = 128
	maxSchemaText    = 1 << 20 // bytes of one string of it
	maxOpenNames     = 4 << 20 // bytes of the names in objects that stand in each other
	maxSchemaVisits  = 20_000  // schemas that are looked at for the fields of one group version
	maxSchemaTexts   = 500_000 // names and values in these
	maxBranches      = 500     // alternatives for one field
	maxRuleSteps     = 10_000  // schemas that are judged for the rules of one field

	// No name of Kubernetes has as many. What is declared of one is judged for each
	// requirement, and told of with it.
	maxName     = kubeapi.MaxName // bytes of the name of a group, version, resource, kind or verb
	maxEndpoint = 1024            // bytes of an endpoint: a scheme, a host, a port and a path

	maxMembers = 1_000 // names in one object
	maxDepth   = 64    // levels of nesting in what is skipped
)

// limits is what one document may still hold.
type limits struct {
	groups, versions, resources, texts int
}

func documentLimits() limits {
	return limits{groups: maxGroups, versions: maxVersions, resources: maxResources, texts: maxTexts}
}

func resourceListLimits() limits {
	return limits{resources: maxListResources, texts: maxTexts / 10}
}
