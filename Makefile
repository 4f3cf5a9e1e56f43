.PHONY: build image sbom test lint vulnerabilities licenses e2e soak bench fuzz bump

MAKEFLAGS += --no-print-directory

binary = bin/kreconcile
dist = dist
imager = bin/image

# The program begins by catching signals, where internal/signals has assembly for that.
entry = $(if $(filter linux/amd64 linux/arm64,$(shell go env GOOS)/$(shell go env GOARCH)),-E github.com/kreconcile/kreconcile/internal/signals.Entry)

build:
	CGO_ENABLED=0 go build -trimpath -ldflags='-s -w $(entry)' -o $(binary) ./cmd/kreconcile

# The program may be for another platform; what reads it is for this one.
sbom: build
	cd tools && CGO_ENABLED=0 GOOS= GOARCH= go build -o $(abspath $(imager)) ./image
	$(abspath $(imager)) -sbom $(binary)

image:
	GOOS=linux GOARCH=amd64 $(MAKE) build binary=$(dist)/kreconcile_linux_amd64
	GOOS=linux GOARCH=arm64 $(MAKE) build binary=$(dist)/kreconcile_linux_arm64
	cd tools && CGO_ENABLED=0 go build -o $(abspath $(imager)) ./image
	$(abspath $(imager)) -o $(dist)/image $(dist)/kreconcile_linux_amd64 $(dist)/kreconcile_linux_arm64

# internal/cases runs many tests once more.
test:
	go test -timeout=20m ./...

lint:
	.ci/lint

vulnerabilities:
	.ci/vulnerabilities

licenses:
	.ci/licenses

e2e:
	cd e2e && CGO_ENABLED=0 go test -v -count=1 -timeout=60m ./...
	cd e2e/alerts && CGO_ENABLED=0 go test -v -count=1 ./...

soak:
	cd e2e && CGO_ENABLED=0 go run ./soak -time=$(or $(SOAKTIME),10m)

bench:
	cd e2e && CGO_ENABLED=0 go run ./bench

fuzz:
	.ci/fuzz

bump:
	hack/bump $(VERSION)
