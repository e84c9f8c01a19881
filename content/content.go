// Package content holds what tlstutor teaches with, as files, and no logic.
//
// notes has one Markdown file per topic; each says, under headings such as
// "## tbsCertificate.signature", what a field means and what another value
// would do. Package lessons reads them and says what their form is. Start
// reading at notes/record.md.
package content

import "embed"

// FS is the content, as package lessons expects it: notes/*.md.
//
//go:embed notes/*.md
var FS embed.FS
