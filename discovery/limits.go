package discovery

// How many bytes an answer may have, after decompression. A stock cluster's documents are a
// hundredth of this; the limits are there so that a broken or hostile server cannot take
// the memory of the machine that asks. What a document may hold beside its bytes is limited
// where it is decoded.
const (
	maxDocument  = 16 << 20 // GET /api or GET /apis
	maxVersion   = 64 << 10 // GET /version
	maxReview    = 1 << 20  // the answer to an access review
	maxErrorBody = 64 << 10 // an answer that is only quoted

	// Where documents are not aggregated, each group version has one of its own.
	maxResourceList  = 2 << 20  // one
	maxResourceLists = 64 << 20 // all

	maxSchemaIndex = 4 << 20  // GET /openapi/v3
	maxSchemas     = 32 << 20 // the OpenAPI document of one group version
	maxFields      = 400_000  // all fields of all schemas, which is about what a saved snapshot holds
	// Beyond this, one such document is read after the other. It is a power of 2.
	smallSchemas = 4 << 20
)
