package lessons

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// Tagged is the name under which the note for every field with a name in square
// brackets stands: an element of DER that has a tag and no name.
const Tagged = "[n]"

// A Note says what a field means.
type Note struct {
	Path string // the end of the paths it is for: "ClientHello.random", "Extensions.*"
	Text string // one paragraph, clean
	Key  bool   // the field is one to see first when its message opens
	File string // where it stands
	Line int    // the line of its heading
}

// Notes are notes by the end of a field's path. They are asked for while a
// screen is drawn: a look-up costs a few map accesses and allocates nothing.
type Notes struct {
	all  []Note
	at   map[string]int // index into all by Path
	kids map[string]int // the same for a Path that ends in ".*", without that
	dots int            // the most dots in any Path
}

// LoadNotes reads the files notes/*.md of fsys, in the order of their names.
//
// A file is a title ("# ...") and notes. A note is a heading, "## " and the end
// of a field's path, with " *" behind it when the field is a key one, and a
// paragraph. Lines of the paragraph are joined; a path may have one note only. A
// path that ends in ".*" is for whatever stands in that place without a note of
// its own. Notes are the program's own, whatever the course: the first thing that
// is wrong with them is returned, as "file:line: what".
func LoadNotes(fsys fs.FS) (*Notes, error) {
	files, err := fs.Glob(fsys, "notes/*.md")
	if err != nil {
		return nil, fmt.Errorf("listing notes: %w", err)
	}
	switch {
	case len(files) == 0:
		return nil, errors.New("notes: no *.md file in this folder")
	case len(files) > maxFiles:
		return nil, fmt.Errorf("notes: %d files, more than %d", len(files), maxFiles)
	}
	n := &Notes{at: make(map[string]int), kids: make(map[string]int)}
	for _, name := range files {
		text, err := read(fsys, name)
		if err != nil {
			return nil, err
		}
		if err := n.add(name, text); err != nil {
			return nil, err
		}
	}
	if len(n.all) == 0 {
		return nil, errors.New("notes: the files hold no note")
	}
	return n, nil
}

// For returns the note for a field: the one whose Path is the longest end of
// the field's path. A field without one has the note of Tagged if its name is in
// square brackets, else the one for any kid of its parent.
func (n *Notes) For(path string) (Note, bool) {
	i, ok := find(n.at, path, n.dots)
	if !ok {
		above, name := split(path)
		if strings.HasPrefix(name, "[") {
			i, ok = n.at[Tagged]
		} else {
			i, ok = find(n.kids, above, n.dots)
		}
	}
	if !ok {
		return Note{}, false
	}
	return n.all[i], true
}

// Key reports whether the field's note marks it as one to see first.
func (n *Notes) Key(path string) bool {
	note, _ := n.For(path)
	return note.Key
}

// All returns every note, in the order of files and lines. The slice is the
// caller's own.
func (n *Notes) All() []Note { return append([]Note(nil), n.all...) }

// find looks the ends of path up in at, from the shortest to the longest of that
// many dots; the last hit is the longest. It allocates nothing.
func find(at map[string]int, path string, most int) (i int, ok bool) {
	end := len(path)
	for dots := 0; dots <= most && end >= 0; dots++ {
		end = strings.LastIndexByte(path[:end], '.')
		if hit, found := at[path[end+1:]]; found {
			i, ok = hit, true
		}
	}
	return i, ok
}

// split cuts a path before the name of the field itself, which may be a number
// with dots in it.
func split(path string) (above, name string) {
	end := len(path)
	if above := strings.TrimRight(path, "0123456789."); above != "" && path[len(above):] != "" {
		end = len(above) + 1
	}
	end = strings.LastIndexByte(path[:end], '.')
	return path[:max(end, 0)], path[end+1:]
}

// place returns where the note of exactly that Path is.
func (n *Notes) place(path string) (i int, ok bool) {
	if parent, any := strings.CutSuffix(path, ".*"); any {
		i, ok = n.kids[parent]
		return i, ok
	}
	i, ok = n.at[path]
	return i, ok
}
