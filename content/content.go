// Package content holds what tlstutor teaches with, as files, and no logic:
// course.yaml with the order of the lessons, one file per lesson, what fields
// mean (notes), what words mean (glossary.md), what was true on a day
// (facts.yaml), and the programs that lessons show (snippets), which run.
//
// Package lessons reads them, and says what their form is. Start reading at
// course.yaml, then lessons/F1-read-the-wire.md.
package content

import "embed"

// FS is the content, as package lessons expects it.
//
//go:embed course.yaml glossary.md facts.yaml lessons/*.md notes/*.md snippets
var FS embed.FS
