package manifest

// objectMetaName is what OpenAPI documents call the type of metadata.
const objectMetaName = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"

// objectMeta has the schemas of metadata in the OpenAPI document of each definition. A test compares
// it with the catalogue of releases.
const objectMeta = `"` + objectMetaName + `":{"type":"object","properties":{` +
	`"annotations":{"type":"object","additionalProperties":{"type":"string"}},` +
	`"creationTimestamp":{"type":"string","format":"date-time"},` +
	`"deletionGracePeriodSeconds":{"type":"integer","format":"int64"},` +
	`"deletionTimestamp":{"type":"string","format":"date-time"},` +
	`"finalizers":{"type":"array","items":{"type":"string"}},` +
	`"generateName":{"type":"string"},` +
	`"generation":{"type":"integer","format":"int64"},` +
	`"labels":{"type":"object","additionalProperties":{"type":"string"}},` +
	`"managedFields":{"type":"array","items":{"type":"object","properties":{` +
	`"apiVersion":{"type":"string"},"fieldsType":{"type":"string"},"fieldsV1":{"type":"object"},"manager":{"type":"string"},` +
	`"operation":{"type":"string"},"subresource":{"type":"string"},"time":{"type":"string","format":"date-time"}}}},` +
	`"name":{"type":"string"},` +
	`"namespace":{"type":"string"},` +
	`"ownerReferences":{"type":"array","items":{"type":"object","required":["apiVersion","kind","name","uid"],"properties":{` +
	`"apiVersion":{"type":"string"},"blockOwnerDeletion":{"type":"boolean"},"controller":{"type":"boolean"},"kind":{"type":"string"},` +
	`"name":{"type":"string"},"uid":{"type":"string"}}}},` +
	`"resourceVersion":{"type":"string"},` +
	`"selfLink":{"type":"string"},` +
	`"uid":{"type":"string"}}}`
