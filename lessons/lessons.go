// Package lessons reads what tlstutor teaches from files. Today that is the
// notes: a few sentences for each kind of field, shown beside its bytes.
//
// Its rules:
//
//   - It knows fields by the names in their path only. It does not know how
//     bytes are decoded, nor who draws a note.
//   - A file is taken as hostile: its size, its lines and the number of its
//     notes are bounded, and its text passes wire.Clean here and nowhere later.
//   - An error says "file:line: message", for the person who edits the file.
//   - What was loaded never changes, so any number of goroutines may ask.
//
// Start reading at LoadNotes, which gives the form of a file, then Notes.For.
package lessons
