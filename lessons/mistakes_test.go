package lessons

import (
	"strings"
	"testing"
	"testing/fstest"
)

// The files of the sound course that most edits are of.
const (
	a = "lessons/A1-first.md"
	b = "lessons/B1-second.md"
	g = "glossary.md"
	k = "course.yaml"
)

// An edit makes one mistake in the sound course. The mistake is at the line on
// which mark first stands afterwards; without one, in line 1.
type edit struct {
	file, old, new string // with no old, the file is as new says; with no file of that name, it is added
	mark           string
	what, mend     string // parts of what is said
}

// edits of the form: what Load finds.
var edits = []edit{
	// The head of a lesson.
	{a, "---\nid: A1\n", "id: A1\n", "", "no head", "begin with ---"},
	{a, "teaches: [hello, record]\n---\n", "teaches: [hello, record]\n", "", "no end", "a line ---"},
	{a, "id: A1", "id: a1", "", "no id", "write id:"},
	{a, "title: The first lesson\n", "", "", "no title", "write title:"},
	{a, "minutes: 7\n", "", "", "how long it takes", "write minutes:"},
	{a, "minutes: 7", "minutes: 500", "minutes:", "not a number that can be", "from 1 to 120"},
	{a, "minutes: 7", "minutes: many", "minutes:", "not a number that can be", "from 1 to 120"},
	{a, "teaches:", "teach:", "teach:", `no "teach"`, "did you mean teaches?"},
	{a, "title: The first lesson", "title: The first: lesson", "title:", "not YAML", "put quotes around"},
	{a, "because: The run says {{alert(client)}}.", "because: {{alert(client)}}", "because: {{alert", "a text is expected", "in quotes if"},
	{a, "    because: Both take it.", "   because: Both take it.", "   because: Both take it.", "not YAML", "indent with spaces"},
	{a, "trap: That anything comes before it.", "trap: \"That anything comes before it.", "trap: \"That", "not YAML", "put quotes around"},
	{a, "title: The first lesson", "title: [a, b]", "title:", "a text is expected", "one line"},
	{a, "needs: []", "needs: B1", "needs:", "not a list", "write [a, b]"},
	{a, "needs: []", "needs: [B1]", "needs:", "needs B1, which comes later", "put B1 before it"},
	{b, "needs: [A1]", "needs: [A1, Z9]", "needs:", "needs Z9, which is not in the course", "leave it out"},
	{b, "teaches: [key-share]", "teaches: [key-shore, key-share]", "teaches:", `no "key-shore"`, "did you mean #key-share?"},
	{a, "title: The first lesson", "title: &x The first lesson", "title:", "anchor or alias", "write it out"},
	{a, "title: The first lesson\n", "title: one\ntitle: two\n", "title: two", "stands here twice", "leave one out"},

	// Pages.
	{a, "## The first page", "Words.\n\n## The first page", "Words.", "before the first page", "begin a page"},
	{a, "## The first page", "# The first page\n\n## The first page", "# The first page", "not a page's", `write "## "`},
	{a, "A [hello](#hello) travels", "### Smaller\n\nA [hello](#hello) travels", "### Smaller", "not a page's", `write "## "`},
	{a, "## Pitfalls", "## Pitfalls " + strings.Repeat("and more ", 20), "## Pitfalls", "longer than 100 bytes", "shorter"},
	{a, "Names last", "<b>Names</b> last", "<b>", "HTML", "Markdown"},
	{a, "Names last", "[Names](https://app.lab.test) last", "[Names]", "does not lead to a term", "[words](#term)"},
	{a, "Names last", "Names {{Hello.name last", "{{Hello.name last", "not closed", "write {{path}}"},
	{a, "Names last", "Names }} last", "Names }}", "not opened", "write {{path}}"},
	{a, "Names last", "Names {{}} last", "{{}}", "names nothing", "write {{path}}"},
	{a, "[RFC](#rfc)", "[RFC](#rfd)", "#rfd", `no "rfd"`, "did you mean #rfc?"},
	{a, "[RFC](#rfc)", "[RFC](#nothing-like-it)", "#nothing", "glossary has no", "explain it in glossary.md"},
	{a, "{{fact:days}}", "{{fact:day}}", "{{fact:day}}", `no "day"`, "did you mean {{fact:days}}?"},
	{a, "Names last", "> > > > Names last", "> > > >", "nested too deep", "at most 3"},
	{a, "Names last", "- Names\n            - last", "            - last", "nested too deep", "at most 3"},
	{a, "Names last", strings.Repeat("Names ", 1000) + "last", "Names Names", "longer than 4000 bytes", "shorter"},

	// Blocks.
	{a, "```predict A1.p1", "```predcit A1.p1", "```predcit", `"predcit"`, "did you mean predict?"},
	{a, "Let them vote.\n```\n", "Let them vote.\n", "```notes\nLet them", "has no end", "three backquotes"},
	{a, "```notes\nAsk the room", "```notes\nBegin.\n```\n\n```notes\nAsk the room", "```notes\nAsk the room", "notes already", "one block"},
	{a, "Names last", "```lab pair\n```\n\nNames last", "```lab pair\n```", "a lab already", "a page of its own"},
	{a, "```lab pair fault=none", "```lab pair fault", "```lab", `"fault" is not a setting`, "knob=value"},
	{a, "```lab pair fault=none", "```lab pair fault=none fault=none", "```lab", "set twice", "leave one out"},
	{a, "```lab pair fault=none", "```lab", "```lab", "no lab is named", "name one"},
	{a, "look: [Hello, Hello.name]", "lock: [Hello, Hello.name]", "lock:", `no "lock"`, "did you mean look?"},
	{a, "look: [Hello, Hello.name]", "look: Hello", "look:", "not a list", "write [a, b]"},
	{a, "  - name: the older one\n    set", "  - set", "- set", "without a name", "write name:"},
	{a, "presets:\n", "presets:\n" + strings.Repeat("  - {name: x, set: {version: old}}\n", 9), "```lab", "nine presets", "leave some out"},

	// Questions.
	{a, "A1.q1", "A2.q1", "A2.q1", "no id of this lesson", "```quiz A1.q1"},
	{a, "A1.q1", "A1.p9", "A1.p9", "no id of this lesson", "```quiz A1.q1"},
	{a, "A1.q2", "A1.q1", "```quiz A1.q1\nask: What names", "A1.q1 is an id on A1.4 too", "number of its own"},
	{a, "hint: It has nothing more to say.\n", "", "```predict A1.p1", "no hint", "write hint:"},
	{a, "ask: What travels first?\n", "", "```quiz A1.q1", "does not ask", "write ask:"},
	{a, "    because: Both take it.\n", "", "- text: The newer", "no because", "write because:"},
	{a, "    when: {Hello.version: two}\n", "", "- text: The newer", "no when", "write when:"},
	{a, "when: {Hello.version: two}", "when: Hello", "when: Hello\n", "not a list of named values", "{name: value"},
	{a, "when: {Hello.version: two}", "wenn: {Hello.version: two}", "wenn:", `no "wenn"`, "did you mean when?"},
	{a, "    because: It does.\n", "    because: \"\"\n", "- text: A record with", "no because", "write because:"},
	{a, "  - text: The answer\n    because: It comes later.\n", "", "```quiz A1.q2", "options: 1", "two to four"},
	{a, "    right: true\n    because: It does.\n", "    because: It does.\n", "```quiz A1.q1", "right options: 0 of 2", "right: true"},
	{a, "  - text: Nothing\n", "  - text: Nothing\n    right: true\n", "```quiz A1.q1", "right options: 2 of 2", "leave something wrong"},
	{a, "right: true\n    because: It does.", "right: perhaps\n    because: It does.", "right: perhaps", `"perhaps" is neither`, "true or false"},
	{a, "trap: That anything comes before it.\n", "", "```quiz A1.q1", "misconception", "write trap:"},
	{b, "```say B1.s1\nask: What did you learn?\n", "```say B1.s1\nask: \"\"\n", "```say", "nothing is asked for", "write ask:"},
	{b, "```say B1.s1", "```say B1", "```say", "no id of this lesson", "```say B1.s1"},
	{b, "goal: it is done\n", "", "```exercise", "no goal", "write ask: and goal:"},

	// Code.
	{a, "python: snippets/a.py", "python: snippets/b.py", "python:", "b.py", "put the file there"},
	{a, "python: snippets/a.py", "python: ../a.py", "python:", "not a file in the folder snippets", "snippets/FILE"},
	{a, "python: snippets/a.py\n", "", "```code", "not shown in Python", "write python:"},
	{a, "```code Say the version", "```code", "```code", "no title", "what it does"},
	{a, "```code Say the version", "```code " + strings.Repeat("Say ", 30), "```code", "longer than 100 bytes", "shorter"},
}

// edits of the other files.
var editsBeside = []edit{
	{k, "id: toy\n", "", "", "no id", "write id:"},
	{k, "title: A toy course\n", "", "", "no title", "write title:"},
	{k, "lessons: [B1]\n", "lessons: [B1, C1]\n", "C1", `no lesson has the id "C1"`, "lessons/C1-NAME.md"},
	{k, "lessons: [B1]\n", "lessons: [B1, A1]\n", "title: The second", "lesson A1 stands in two places", "leave one out"},
	{k, "name: all", "nam: all", "nam: all", `no "nam"`, "did you mean name?"},
	{k, "  - title: The second half\n    lessons", "  - lessons", "- lessons: [B1]", "a module without a title", "write title:"},
	{k, "  - name: all\n    title", "  - title", "- title: Both", "a track without a name", "a name of its own"},
	{k, "modules:", "modules: []\nunused:", "unused:", `no "unused"`, "write one of"},
	{k, "id: toy", "id: toy\n\tx: y", "\tx", "not YAML", "indent with spaces"},
	{k, "id: toy", "---\nid: toy\n---\nid: toy", "---\nid: toy\ntitle", "behind ---", "take the line --- out"},
	{k, "", "a: &a [x]\nb: *a\n", "", "anchor or alias", "write it out"},
	{"lessons/C1-third.md", "", "---\nid: C1\ntitle: x\nminutes: 5\n---\n\n## A page\n\nWords.\n", "title: x", "lesson C1 is in no module", "list C1 under a module"},
	{"lessons/A1-second.md", "", "---\nid: A1\ntitle: x\nminutes: 5\n---\n\n## A page\n\nWords.\n", "title: x", "A1 is the id of", "another id"},
	{a, "", "---\nid: A1\ntitle: x\nminutes: 5\n---\n\nWords\xff.\n", "Words", "not UTF-8", "save it as UTF-8"},
	{a, "", strings.Repeat("words ", 200_000), "", "larger than", "less than a megabyte"},
	{a, "", "---\nid: A1\ntitle: x\nminutes: 5\nteaches: [hello]\n---\n", "title: x", "the lesson has no page", "begin one"},
	{"facts.yaml", "  source: a document of somebody\n", "", "days:", "lacks its text, its source or its date", "write text, source"},
	{"facts.yaml", "as_of: 2026-11", "as_of: last year", "days:", "lacks its text, its source or its date", "as_of as 2026-11"},
	{"facts.yaml", "  source:", "  sauce:", "sauce:", `no "sauce"`, "did you mean source?"},
	{"facts.yaml", "", "- days\n", "", "not a list of facts", `write "key:"`},
	{g, "## RFC\nA numbered document.\n", "## RFC\n", "## RFC", `"RFC" has no text`, "explain it"},
	{g, "## RFC\n", "## RFC | \n", "## RFC", "empty spelling", "write \"## key share"},
	{g, "## RFC\n", "## RFC | record\n", "## RFC", `"record" is explained at line 6`, "leave one out"},
	{g, "## RFC\n", "## rfc\nOne.\n\n## RFC\n", "## RFC", `"RFC" is linked to as "rfc" is`, "leave one out"},
	{g, "[record](#record)", "[record](#recurd)", "The first message", `no "recurd"`, "did you mean #record?"},
	{g, "## RFC\n", "### RFC\nWords.\n\n## RFC\n", "### RFC", "not a word's", `write "## "`},
	{g, "## RFC\n", "## ++\nWords.\n\n## RFC\n", "## ++", "cannot be linked to", "a letter or digit"},
}

// edits of what the course says: what Lint finds by running it.
var editsSaid = []edit{
	// Labs and their runs.
	{a, "```lab pair fault=none", "```lab paar fault=none", "```lab", `no lab "paar"`, "the labs are pair"},
	{a, "```lab pair fault=none", "```lab pair foult=none", "```lab", `no knob "foult"`, "its knobs are"},
	{a, "```lab pair fault=none", "```lab pair fault=some", "```lab", `fault cannot be "some"`, "it is one of"},
	{a, "```lab pair fault=none", "```lab pair fault=breaks", "```lab", "the run failed: no socket", "tlstutor run pair fault=breaks"},
	{a, "set: {version: old}\n", "set: {version: odd}\n", "```lab", `version cannot be "odd"`, "it is one of"},
	{a, "look: [Hello, Hello.name]", "look: [Hello, Hallo]", "```lab", `no "Hallo"`, "tlstutor run pair fault=none --fields"},
	{a, "{{Hello.name}}", "{{Hello.nome}}", "{{Hello.nome}}", "no {{Hello.nome}}", "tlstutor run pair fault=none --fields"},
	{a, "{{Hello.name}}", "{{Retry.reason}}", "{{Retry.reason}}", "no {{Retry.reason}}", "--fields"},
	{a, "{{Hello.name}}", "{{count(Hallo)}}", "{{count(Hallo)}}", "no {{count(Hallo)}}", "--fields"},
	{a, "{{Hello.name}}", "{{Hello}}", "{{Hello}}", "no value of its own", "--fields"},
	{a, "Two questions.", "Two questions.\n```\n\n{{Hello.name}}\n\n```code Again\ngo: snippets/a.go\npython: snippets/a.py\nopenssl: snippets/a.sh", "{{Hello.name}}\n\n```code", "the page has none", "```lab"},
	{b, "goal: it is done", "goal: it is not", "```exercise", `no goal "it is not"`, "lists the goals"},

	// Predictions.
	{a, "pair fault=stranger", "pair fault=strange", "```predict A1.p1", `cannot be "strange"`, "it is one of"},
	{a, "when: {last(client): Finished}", "when: {lost(client): Finished}", "- text: \"Finished", "no run has lost(client)", "--fields"},
	{a, "Retry.reason: none", "Retry.reeson: none", "- text: A hello", "no run has Retry.reeson", "--fields"},
	{a, "when: {last(client): Alert}", "when: {last(client): Alarm}", "```predict A1.p1", "no option holds for the run: Retry.reason is none, last(client) is Alert", "an option for it"},
	{a, "when: {Hello.version: one}", "when: {Hello.version: not one}", "- text: The newer", "options 1 and 2 both hold for the run: Hello.version is two", "tell them apart"},
	{a, "when: {Hello.version: one}", "when: {Hello.version: 1}", "```predict A1.p2", "come true at other settings: 1", `when option "The older" comes true`},
	{a, "at: {version: none, fault: none}", "at: {version: none}", "- text: A hello", "does not come true there: Retry.reason is none, last(client) is Alert", "tlstutor run pair fault=stranger version=none"},
	{a, "at: {version: none, fault: none}", "at: {version: never}", "- text: A hello", `cannot be "never"`, "it is one of"},
	{a, "at: {version: none, fault: none}", "at: {fault: breaks}", "- text: A hello", "at: the run failed", "tlstutor run pair fault=breaks"},
	{a, "ask: Both sides take", "ask: With {{Hello.name}} both sides take", "ask: With", "would tell the answer", "because:"},
	{a, "hint: Newer is better.", "hint: Newer than {{Hello.version}}.", "hint: Newer than", "would tell the answer", "because:"},
	{a, "- text: The newer", "- text: The {{Hello.version}}", "- text: The {{", "would tell the answer", "because:"},
	{a, "{{alert(client)}}", "{{alert(clint)}}", "{{alert(clint)}}", "no {{alert(clint)}}", "--fields"},

	// Words.
	{a, "A [hello](#hello) travels in", "A hello travels in", "A hello travels", `"hello" is used before it is explained`, "[hello](#hello)"},
	{a, "names the host: yours", "names the host with ECDHE: yours", "names the host with", `"ECDHE" is used before`, "[ECDHE](#ecdhe)"},
	{b, "A hello may carry a [key share]", "A Key share and a [key share]", "A Key share", `"key share" is used before`, "[key share](#key-share)"},
	{b, "A hello may", "An RFC and a hello may", "An RFC", `"RFC" is used before`, "[RFC](#rfc)"},
	{b, "needs: [A1]", "needs: []", "A hello may", `"hello" is used before`, "need a lesson that teaches it"},
	{b, "teaches: [key-share]", "teaches: [key-share, record]", "teaches:", `teaches "record" and never links it`, "link it"},
	{b, "teaches: [key-share]", "teaches: [key-share, rfc]", "teaches:", `"rfc", and links it in a hint or behind a wrong answer alone`, "every reader is shown"},
	{b, "A hello may", "A hello of the IETF may", "of the IETF", `"IETF"`, "explain it in glossary.md"},
	{b, "A hello may", "A ClientHello may", "A ClientHello", `"ClientHello"`, "explain it"},
	{b, "## Shares", "## Shares of the IETF", "## Shares", `"IETF"`, "explain it"},
	{b, "`key_share` names", "`key_shares_of` names", "`key_shares_of`", "`key_shares_of`", "spelled right?"},
	{b, "`key_share` names", "`Hello.nome` names", "`Hello.nome`", "`Hello.nome`", "spelled right?"},
	{a, "`tlstutor run pair version=old`", "`tlstutor run pair version=odd`", "version=odd", `version cannot be "odd"`, "it is one of"},
	{a, "`tlstutor run pair version=old`", "`tlstutor open par`", "`tlstutor open", `no lab "par"`, "the labs are"},
	{a, "`tlstutor run pair version=old`", "`tlstutor open C1.3`", "`tlstutor open", `no lab "C1.3"`, "the labs are"},
	{b, "`key_share` names", "`Hello names", "A hello may", "no partner", "two backquotes"},
	{g, "A numbered document.", "A document of the IETF.", "A document of", `"IETF"`, "other words"},
	{"facts.yaml", "200 days", "200 DAYS", "days:", `"DAYS"`, "other words"},

	// Options as they are quoted, and what Markdown would make a link of.
	{a, "text: The answer", "text: The hello", "- text: The hello\n    because: It comes later", `options 1 and 2 both begin with "The hello"`, "differ before the first colon"},
	{a, "- text: Nothing", "- text: \"A record with a hello: none\"", "- text: \"A record with a hello: none", `options 1 and 2 both begin with "A record with a hello"`, "or write a comma"},
	{a, "- text: The newer", "- text: \"the older: no, the newer\"", "- text: \"the older: no", `options 1 and 2 both begin with "the older"`, "differ before the first colon"},
	{a, "- text: None at all", "- text: That of www.app.lab.test", "- text: That of www", `"www.app.lab.test" would be drawn as a link`, "write `www.app.lab.test`"},
	{a, "- text: The server\n", "- text: The [record](#record) of the server\n", "- text: The [record]", "a link in an option cannot be seen", "in a because"},
	{a, "## Who speaks last", "## What WWW.app.lab.test says last", "## What WWW", `"WWW.app.lab.test" would be drawn as a link`, "between backquotes"},
	{a, "```code Say the version", "```code Ask https://app.lab.test", "```code", "would be drawn as a link", "write `https://app.lab.test`"},
	{a, "- text: Ten", "- text: Ten of a@lab.test", "- text: Ten of", `"a@lab.test" would be drawn as a link`, "write `a@lab.test`"},

	// What a lesson has.
	{a, "minutes: 7", "minutes: 20", "minutes:", "take 7.", "write minutes: 7"},
	{a, "minutes: 7", "minutes: 4", "minutes:", "take 7.", "write minutes: 7"},
	{a, "```notes\nRun it.\n```\n", "", "## Which version", "no speaker notes", "```notes"},
	{a, "## Recap", "## Nothing\n\n## Recap", "## Nothing", "the page is empty", "leave it out"},
	{a, "## Recap", "## The end", "## The end", "not a recap", "## Recap"},
	{a, "- **The rule** is that it comes first.\n", "", "- **You saw**", "not its four items", "**The rule**"},
	{a, "**Outside** `openssl", "**Outside** `tlstutor", "- **You saw**", "no command that redoes it outside", "`openssl ...`"},
	{a, "- **You saw**", "```lab pair\n```\n\n- **You saw**", "```lab pair\n```", "text only", "a page before"},
	{a, "## Pitfalls", "## What goes wrong", "title:", "pitfalls", "## Pitfalls"},
	{a, "## Who speaks last", "## This is too long", "## This is too long", "20 lines high", "two pages"},
	{b, "## Still more", "## x\n\nx\n\n```notes\nx\n```\n\n## y\n\ny\n\n```notes\ny\n```\n\n## z\n\nz\n\n```notes\nz\n```\n\n## v\n\nv\n\n```notes\nv\n```\n\n## Still more", "title:", "pages: 10", "5 to 9"},
}

// TestMistakes: each mistake in a course gives its line and its mend, and no
// other finding.
func TestMistakes(t *testing.T) {
	n := 0
	for _, e := range append(append(append([]edit{}, edits...), editsBeside...), editsSaid...) {
		n++
		files := sound(t)
		text := e.new
		if e.old != "" {
			was := string(files[e.file].Data)
			if strings.Count(was, e.old) == 0 || e.old == e.new {
				t.Errorf("%s: the edit of %q changes nothing", e.file, e.old)
				continue
			}
			text = strings.Replace(was, e.old, e.new, 1)
		}
		files[e.file] = &fstest.MapFile{Data: []byte(text)}
		at := strings.Index(text, e.mark)
		if at < 0 {
			t.Errorf("%s: %q is not in the file", e.file, e.mark)
			continue
		}
		line := 1 + strings.Count(text[:at], "\n")
		bad := mistakes(t, files)
		if len(bad) != 1 {
			t.Errorf("%s: %.60q: %d mistakes, want one:\n%v", e.file, e.new, len(bad), bad)
			continue
		}
		if m := bad[0]; m.File != e.file || m.Line != line || !strings.Contains(m.What, e.what) || !strings.Contains(m.Mend, e.mend) {
			t.Errorf("%s:%d: want %q; %q, got\n%v", e.file, line, e.what, e.mend, m)
		}
	}
	if n < 100 {
		t.Errorf("only %d mistakes were made", n)
	}
}
