.PHONY: build test lint e2e bench fuzz

build:
	CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o bin/kreconcile ./cmd/kreconcile

test:
	go test ./...

lint:
	.ci/lint

e2e:
	cd e2e && CGO_ENABLED=0 go test -v -count=1 -timeout=30m ./...

bench:
	cd e2e && CGO_ENABLED=0 go run ./bench

fuzz:
	.ci/fuzz
