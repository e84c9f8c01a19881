package labs

import (
	"slices"
	"strings"

	"tlstutor/labs/wire"
)

// goals lists what the lab is for.
func (sh *sheet) goals() {
	// A run that was stopped has judged none.
	judged := verdicts(sh.events)
	if len(judged) == 0 {
		return
	}
	sh.put("<section aria-labelledby=h-goals>\n<h2 id=h-goals>Goals</h2>\n<ul class=goals>\n")
	for _, e := range judged {
		if e.Err == nil {
			sh.put("<li class=good><b>✓ met</b> %s</li>\n", e.Tree.Value)
		} else {
			sh.put("<li class=open><b>○ open</b> %s: %s</li>\n", e.Tree.Value, e.Err.Error())
		}
	}
	sh.put("</ul>\n</section>\n")
}

// found lists what the parties said, and what code found, off the wire.
func (sh *sheet) found() {
	// What stands among the lanes, or among the goals, is not said twice; a record
	// that was opened later has its fields in its lane.
	var rows []*Event
	for i := range sh.events {
		e := &sh.events[i]
		goal := e.Tree != nil && e.Tree.Name == "goal"
		if e.Kind == Said && !e.row() || e.Kind == Found && !e.row() && !goal && (e.Tree == nil || e.Tree.Src == nil) {
			rows = append(rows, e)
		}
	}
	if len(rows) == 0 {
		return
	}
	sh.put("<section aria-labelledby=h-said>\n<h2 id=h-said>Said and found</h2>\n<table class=said>\n" +
		"<thead><tr><th scope=col>When<th scope=col>Who<th scope=col>What</tr></thead>\n<tbody>\n")
	for _, e := range rows[:min(len(rows), pageSaid)] {
		// As the text has it: what nobody says, the run does.
		who := e.Who.String()
		if e.Who == Nobody {
			who = "run"
		}
		if e.Conn != nil && e.Conn.Name != "" {
			who += ", " + e.Conn.Name
		}
		sh.put("<tr><td>%s<td>%s<td>%s", pageTime(e.At), who, e.Text)
		if e.Tree != nil && !sh.full() {
			sh.evidence(e.Tree.Kids)
		}
		sh.put("</tr>\n")
	}
	sh.put("</tbody>\n</table>\n")
	if more := len(rows) - pageSaid; more > 0 {
		sh.put("<p class=cut>%s more were left out: a page holds %d.</p>\n", wire.Count(more, "line"), pageSaid)
	}
	sh.put("</section>\n")
}

// evidence lists what a finding rests on; what stands in a record is led to.
func (sh *sheet) evidence(kids []*wire.Field) {
	if len(kids) == 0 {
		return
	}
	sh.put("<ul class=evidence>")
	for _, k := range kids {
		sh.put("<li>")
		sh.leads(k, k.Name)
		if k.Value != "" {
			sh.put(" <span>%s</span>", k.Value)
		}
		if k.Err != nil {
			sh.put(" <em>%s</em>", k.Err.Error())
		}
		// Of a field in bytes, the rest stands where the link leads.
		if k.Src == nil {
			sh.evidence(k.Kids)
		}
		sh.put("</li>")
	}
	sh.put("</ul>")
}

// knobs lists the settings, those first that are not the lab's own.
func (sh *sheet) knobs() {
	var own, turned []*Knob
	for i := range sh.lab.Knobs {
		k := &sh.lab.Knobs[i]
		v, ok := sh.set[k.Name]
		switch {
		case !ok: // a lab that has got a knob since
		case v == k.Start():
			own = append(own, k)
		default:
			turned = append(turned, k)
		}
	}
	if len(own)+len(turned) == 0 {
		return
	}
	sh.put("<section aria-labelledby=h-knobs>\n<details class=more>\n<summary><h2 id=h-knobs>Settings</h2></summary>\n<table class=knobs>\n" +
		"<thead><tr><th scope=col>Knob<th scope=col>Value<th scope=col>What it sets</tr></thead>\n<tbody>\n")
	for i, k := range slices.Concat(turned, own) {
		class := ""
		if i < len(turned) {
			class = "turned"
		}
		unit := ""
		if k.Unit != "" {
			unit = " " + k.Unit
		}
		sh.put("<tr class=\"%s\"><th scope=row>%s<td>%s<td>%s</tr>\n", class, k.Name, sh.set[k.Name]+unit, k.Doc)
	}
	sh.put("</tbody>\n</table>\n</details>\n</section>\n")
}

// meanings lists each note that a field leads to, once.
func (sh *sheet) meanings() {
	if len(sh.said) == 0 {
		return
	}
	sh.put("<section aria-labelledby=h-notes>\n<details class=more id=notes>\n<summary><h2 id=h-notes>What the fields mean</h2></summary>\n<dl class=notes>\n")
	for i, n := range sh.said {
		// Fields lead here without a script; with one, it reads from here.
		sh.put("<div id=n%d><dt>%s</dt><dd>%s</dd></div>\n", i, strings.Join(n.names, ", "), n.text)
	}
	sh.put("</dl>\n</details>\n</section>\n")
}
