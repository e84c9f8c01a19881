package labs

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"tlstutor/labs/wire"
)

// This file is how a run of Serve reads as lines of text: what to do first when it
// opens, a line for each guest, and one at the end. The page has all the rest.

// entriesShown is up to how many servers are told of in full when the gallery opens.
// Of more there are their names alone: nobody reads 600 lines to find the first step.
const entriesShown = 4

// IsEntry reports whether an event tells of one server of a gallery. These come
// before the gallery opens, and GalleryOpening wants them.
func IsEntry(e *Event) bool { return e.Tree != nil && e.Tree.Src == nil && e.Tree.Name == entryNote }

// IsOpening reports whether an event says that a gallery is open.
func IsOpening(e *Event) bool {
	return e.Tree != nil && e.Tree.Src == nil && e.Tree.Name == galleryNote && e.Tree.Value == "open"
}

// GalleryOpening is what a gallery says when it opens: where it is, what to type
// first, and what there is.
func GalleryOpening(entries []Event, open *Event) string {
	told := values(open.Tree)
	var b strings.Builder
	fmt.Fprintf(&b, "%s at %s; the name that a client sends says which one it gets.\n", wire.Count(len(entries), "server"), told["servers"])
	for i := range entries {
		entry := values(entries[i].Tree)
		apart(&b, entries[i].Tree.Value, entry["host"], entry["address"], told["servers"])
	}
	b.WriteString("\n")
	if told["fetch"] != "" {
		fmt.Fprintf(&b, "First get the root that clients have to trust:\n  %s\n", told["fetch"])
	} else {
		fmt.Fprintf(&b, "The root that clients have to trust is in %s.\n", told["root"])
	}
	if len(entries) <= entriesShown {
		fmt.Fprintf(&b, "Then type one of these; the same stands at %s\n", told["pages"])
		for i := range entries {
			b.WriteString("\n")
			entryLines(&b, entries[i].Tree)
		}
	} else {
		b.WriteString("Then meet a good server, and a bad one:\n")
		for i := range entries[:2] {
			oneTry(&b, entries[i].Tree)
		}
		fmt.Fprintf(&b, "All of them, with what to type for each tool and what it will say: %s\n\n", told["pages"])
		namesByGroup(&b, entries)
	}
	b.WriteString("\nEach connection is told of below, until ctrl+c.\n")
	return b.String()
}

// apart writes in a line how one comes to a server that no name chooses.
func apart(b *strings.Builder, name, host, at, servers string) {
	if at != servers {
		fmt.Fprintf(b, "No name chooses %s, which has a port of its own: %s.\n", name, at)
	} else if _, err := netip.ParseAddr(host); err == nil {
		fmt.Fprintf(b, "A client that sends no name gets %s.\n", name)
	}
}

// values are the kids of a note, by name.
func values(tree *wire.Field) map[string]string {
	told := map[string]string{}
	for _, k := range tree.Kids {
		told[k.Name] = k.Value
	}
	return told
}

// oneTry writes what to type for one tool, the one whose line is shortest to read.
func oneTry(b *strings.Builder, tree *wire.Field) {
	try := tree.Kid("curl")
	if try == nil || try.Kid("says") == nil {
		i := slices.IndexFunc(tree.Kids, func(k *wire.Field) bool { return k.Kid("says") != nil })
		if i < 0 {
			return
		}
		try = tree.Kids[i]
	}
	fmt.Fprintf(b, "  %s\n    %s\n", try.Value, try.Kid("says").Value)
}

// namesByGroup lists the names of the servers, in lines that fit a narrow terminal.
func namesByGroup(b *strings.Builder, entries []Event) {
	const indent, width = 15, 78
	last, column := "", 0
	for i := range entries {
		tree := entries[i].Tree
		switch group := tree.Kid("group").Value; {
		case group != last:
			if last != "" {
				b.WriteString("\n")
			}
			fmt.Fprintf(b, "%-*s", indent, group)
			last, column = group, max(indent, len(group))
			if len(group) >= indent {
				b.WriteString(" ")
				column++
			}
		case column+1+len(tree.Value) > width:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			column = indent
		default:
			b.WriteString(" ")
			column++
		}
		b.WriteString(tree.Value)
		column += len(tree.Value)
	}
	b.WriteString("\n")
}

// closed is how a gallery closes, in lines that fit a narrow terminal. A server and
// its number stay together.
func closed(served *wire.Field) string {
	const width = 78
	// How many there were stands before who served them.
	head, _, _ := strings.Cut(served.Value, ":")
	line, text := "The gallery is closed; "+head, ""
	for i, k := range served.Kids {
		if i == 0 {
			line += ":"
		}
		word := " " + k.Name + " " + k.Value
		if i < len(served.Kids)-1 {
			word += ","
		}
		if len(line)+len(word) >= width {
			text, line = text+line+"\n", " "
		}
		line += word
	}
	return text + line + ".\n"
}

// GalleryLine is how any other event of a run of Serve reads as a line of text: a
// guest, by the clock of whoever looks, or what the gallery says. What crossed has no
// such line. Began is when the run did.
func GalleryLine(e *Event, began time.Time) (line string, ok bool) {
	switch {
	case e.Tree != nil && e.Tree.Src == nil && e.Tree.Name == guestNote:
		return began.Add(e.At).Format(time.TimeOnly) + "  " + e.Text + "\n", true
	case e.Tree != nil && e.Tree.Src == nil && e.Tree.Name == galleryNote && e.Tree.Value == "closed":
		return "\n" + closed(e.Tree.Kid("served")), true
	case e.Conn == nil && e.Kind == Said && e.Who == Server:
		return e.Text + "\n", true
	}
	return "", false
}
