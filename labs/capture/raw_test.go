package capture

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
)

// TestRecordsCutOff: a file of bare records that ends inside one says where, and how
// much of it is there; nobody is said to have ended the connection.
func TestRecordsCutOff(t *testing.T) {
	h := hello("x.test")
	whole := append(append(bytes.Clone(h), record(23, nil)...), record(23, pattern(1<<14))...)
	for name, test := range map[string]struct {
		file []byte
		want string
	}{
		"whole":         {whole, ""},
		"in the first":  {h[:50], fmt.Sprintf("at byte 50: the file ends here, 50 bytes into a record of %d", len(h))},
		"in a header":   {whole[:len(h)+5+3], fmt.Sprintf("at byte %d: the file ends here, 3 of the 5 bytes into the header of a record", len(h)+8)},
		"behind one":    {whole[:len(h)+10], fmt.Sprintf("at byte %d: the file ends here, 5 bytes into a record of %d", len(h)+10, 5+(1<<14))},
		"in the last":   {whole[:len(whole)-1], fmt.Sprintf("at byte %d: the file ends here, %d bytes into a record of %d", len(whole)-1, 4+(1<<14), 5+(1<<14))},
		"no record":     {append(bytes.Clone(h), "these are no records"...), ""},
		"between":       {h, ""},
		"too long, too": {append(bytes.Clone(h), 23, 3, 3, 255, 255, 0), ""},
	} {
		all, seen, err := readAll(t, test.file, nil)
		var at *Error
		if got := fmt.Sprint(err); test.want == "" && err != nil || test.want != "" && (got != test.want || !errors.As(err, &at)) {
			t.Errorf("%s: error %v, want %q", name, err, test.want)
		}
		if len(all) != 1 || seen.Format != "TLS records" {
			t.Fatalf("%s: %d connections of %s", name, len(all), seen.Format)
		}
		if got := streams(all[0])[up]; !bytes.Equal(got, test.file) {
			t.Errorf("%s: %d bytes of %d come out", name, len(got), len(test.file))
		}
		for _, k := range all[0].Chunks {
			if k.Fin || k.Reset {
				t.Errorf("%s: an end that nobody has seen", name)
			}
		}
		if again, stopped := indexed(t, test.file); len(again) != 1 || fmt.Sprint(stopped) != fmt.Sprint(err) {
			t.Errorf("%s: an index gives %d connections, error %v", name, len(again), stopped)
		}
	}
}
