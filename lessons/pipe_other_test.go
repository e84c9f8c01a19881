//go:build !unix

package lessons

import "errors"

// makePipe says that folders hold no pipes here.
func makePipe(string) error { return errors.ErrUnsupported }
