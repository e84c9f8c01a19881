// Package lessons reads what tlstutor teaches from files, grades questions, and
// keeps what a learner did.
//
// Its rules:
//
//   - It knows labs, fields and their values by name only. What a run gave is
//     asked for through a Look; lint gets its runs from the caller.
//   - A course is hostile: files are bounded, nothing outside the folder is
//     opened, and every text passes wire.Clean here and nowhere later.
//   - What is wrong with a file is a Mistake: "file:line: what; mend". Reading
//     goes on after one, so that an author sees all of them.
//   - What was loaded never changes, so any number of goroutines may ask.
//
// Start reading at Course, Lesson and Block, then Load, which gives the form of
// a course, Lint, which checks one by running it, and Progress.
package lessons
