package labs_test

import (
	"context"
	"fmt"
	"strings"

	"tlstutor/labs"
)

// A run is real: a server with a certificate from an authority that the client
// does not know. What happened is asked of its events, by paths.
func Example() {
	settings, err := labs.Handshake.Settings(labs.Settings{"fault": "unknown-ca"})
	if err != nil {
		fmt.Println(err)
		return
	}
	events, err := labs.Start(context.Background(), labs.Handshake, settings, labs.Options{}).Wait()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, path := range []string{"ServerHello.supported_versions.selected_version", "last(server)", "alert(client)", "alert(server)", "count(Certificate)"} {
		value, _, _ := labs.Lookup(events, path)
		fmt.Printf("%s: %s\n", path, value)
	}
	said, _, _ := labs.Lookup(events, "error(client)")
	fmt.Println(strings.Contains(said, "certificate signed by unknown authority"))
	// Output:
	// ServerHello.supported_versions.selected_version: TLS 1.3
	// last(server): Finished
	// alert(client): bad_certificate
	// alert(server): none
	// count(Certificate): 1
	// true
}
