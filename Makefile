.PHONY: build plugin image sbom release test memory lint vulnerabilities licenses e2e soak bench curves fuzz bump catalog help

MAKEFLAGS += --no-print-directory

binary = bin/kreconcile
dist = dist
imager = bin/image

# The program's first instruction catches signals, on platforms with assembly for that.
entry = $(if $(filter linux/amd64 linux/arm64,$(shell go env GOOS)/$(shell go env GOARCH)),-E github.com/kreconcile/kreconcile/internal/signals.Entry)

# What runs a few times in a run needs no copies at its callers. Without them, the program is 5 % smaller,
# and no slower.
few = context crypto/... encoding/... fmt io/... log/... math/... mime/... net/... os/... path/... text/... time vendor/... \
	github.com/apparentlymart/... github.com/hashicorp/... github.com/mitchellh/... github.com/spf13/... github.com/zclconf/... \
	golang.org/... github.com/kreconcile/kreconcile/internal/...

# Without tables for a debugger, compiling takes a tenth less. A stripped program has none anyway.
nodwarf = -gcflags=all=-dwarf=false
lean = $(nodwarf) $(few:%=-gcflags='%=-l -dwarf=false')

build: ## build bin/kreconcile, static and stripped
	CGO_ENABLED=0 go build -trimpath $(lean) -ldflags='-s -w $(entry)' -o $(binary) ./cmd/kreconcile

plugin: binary = bin/kubectl-kreconcile
plugin: ## build bin/kubectl-kreconcile, which kubectl runs as kubectl kreconcile
	cd cmd/kubectl-kreconcile && CGO_ENABLED=0 go build -trimpath $(lean) -ldflags='-s -w $(entry)' -o $(abspath $(binary)) .

# The program may be for another platform; the SBOM tool runs on this one.
sbom: build ## build bin/kreconcile, and write its SBOM beside it
	cd tools && CGO_ENABLED=0 GOOS= GOARCH= go build $(nodwarf) -o $(abspath $(imager)) ./image
	$(abspath $(imager)) -sbom $(binary)

image: ## build dist/image, an OCI image for linux/amd64 and linux/arm64, with SBOMs
	GOOS=linux GOARCH=amd64 $(MAKE) build binary=$(dist)/kreconcile_linux_amd64
	GOOS=linux GOARCH=arm64 $(MAKE) build binary=$(dist)/kreconcile_linux_arm64
	cd tools && CGO_ENABLED=0 go build $(nodwarf) -o $(abspath $(imager)) ./image
	$(abspath $(imager)) -o $(dist)/image $(dist)/kreconcile_linux_amd64 $(dist)/kreconcile_linux_arm64

# PLATFORMS, such as linux/amd64,darwin/arm64, tries it with fewer.
release: ## make dist/, all files of a release from the commit, such as VERSION=v0.2.0
	cd tools && CGO_ENABLED=0 GOOS= GOARCH= go run $(nodwarf) ./release -root .. -o $(abspath $(dist)) $(if $(PLATFORMS),-platforms=$(PLATFORMS)) '$(VERSION)'

# The package that takes longest begins first. Some tests wait: so a package runs four at once on its one processor, and
# internal/cases one package more than there are processors. With one processor for each package, all of them take a sixth less
# processor time, and with less garbage collection, a tenth less. The race detector uses all. make lint vets them.
test: ## run the tests, and check that the cases of docs/maintainers/reliability.md passed
	CGO_ENABLED=0 GOGC=400 go run $(nodwarf) ./internal/cases \
		go test -json -vet=off -cpu=1 -parallel=4 $(nodwarf) -ldflags='-s -w' ./internal/cli ./...

# Plain go test skips these: they run the program on inputs of many megabytes.
memory: ## run the tests that measure memory, which take minutes
	CGO_ENABLED=0 KRECONCILE_TEST_MEMORY=1 go test -vet=off $(nodwarf) -v -count=1 -timeout=20m -run='^TestMemory|^TestHostileSchemas$$' ./discovery ./internal/cli

lint: ## check format, correctness and tidiness of all modules; change nothing
	.ci/lint

vulnerabilities: ## look up known vulnerabilities of the code that the program calls
	.ci/vulnerabilities

licenses: ## check the licences of the code that the program links
	.ci/licenses

e2e: ## build API servers and tools, and test the program with them
	CGO_ENABLED=0 go run $(nodwarf) ./internal/cases -e2e .ci/e2e

soak: ## judge an API server that changes all the time, for SOAKTIME (10m)
	cd e2e && CGO_ENABLED=0 go run '-gcflags=all=-l -dwarf=false' -gcflags=std=-dwarf=false ./soak -time=$(or $(SOAKTIME),10m)

bench: ## compare kreconcile apply with a minimal client, curl, client-go, Helm and kubectl; BENCH has flags
	cd e2e/bench && CGO_ENABLED=0 go run . $(BENCH)

curves: ## draw docs/performance: what many requirements, findings, resources and targets cost
	cd e2e/bench && CGO_ENABLED=0 go run ./curves -dir ../../docs/performance

fuzz: ## run each fuzz target, for FUZZTIME (30s)
	.ci/fuzz

bump: ## move the end-to-end tests to another Kubernetes, such as VERSION=v1.38.1
	hack/bump $(VERSION)

catalog: ## write the catalogue of releases anew, from Go modules, for RELEASES="1.24..1.37"
	cd tools && CGO_ENABLED=0 go run ./catalog -o ../catalog $(RELEASES)

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "make %-16s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)
