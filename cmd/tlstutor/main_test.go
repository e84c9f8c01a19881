package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	programs := tools()
	programs["tlstutor"] = main
	testscript.Main(m, programs)
}
