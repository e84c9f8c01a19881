package lessons

import (
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A fence is a block between two lines of three backquotes.
type fence struct {
	info string
	body string
	line int // of its first line, in the file
}

// String names the fence in a mistake.
func (f fence) String() string { return fmt.Sprintf("```%s", f.info) }

// fences are the words that a fenced block may begin with.
var fences = []string{"lab", "predict", "quiz", "exercise", "say", "code", "notes"}

// block reads a fenced block, or returns nil when nothing of it can be shown.
func (p *lessonParser) block(f fence) Block {
	word, rest, _ := strings.Cut(f.info, " ")
	r := &reader{bad: p.bad, file: p.file, off: f.line - 1}
	place := at{f.line - 1}
	words := strings.Fields(rest) // behind the word that says what it is
	switch word {
	case "lab":
		return p.lab(r, f, words, place)
	case "predict":
		return p.predict(r, f, words, place)
	case "quiz":
		return p.quiz(r, f, words, place)
	case "exercise":
		return p.exercise(r, f, words, place)
	case "say":
		return p.say(r, f, words, place)
	case "code":
		return p.code(r, f, rest, place)
	case "notes":
		p.notes(f, place)
		return nil
	}
	p.bad.add(p.file, place.Line, orNearest(word, fences), "a block cannot begin with %q", word)
	return nil
}

// notes reads what an instructor may say on a page.
func (p *lessonParser) notes(f fence, place at) {
	switch {
	case p.page == nil:
		p.bad.add(p.file, place.Line, "begin a page with \"## \" and its title first", "this stands before the first page")
	case p.page.Speaker != "":
		p.bad.add(p.file, place.Line, "make them one block", "the page has speaker notes already")
	case len(f.body) > maxPara:
		p.bad.add(p.file, place.Line, "say it shorter", "the notes are longer than %d bytes", maxPara)
	default:
		p.page.Speaker = strings.TrimSpace(f.body)
	}
}

// run reads "handshake max=1.2" as a lab and its settings.
func (p *lessonParser) run(f fence, words []string, place at) Lab {
	l := Lab{Settings: map[string]string{}, at: place}
	if len(words) == 0 {
		p.bad.add(p.file, place.Line, "name one: "+f.String()+" handshake", "no lab is named")
		return l
	}
	l.Name = words[0]
	for _, w := range words[1:] {
		k, v, ok := strings.Cut(w, "=")
		if !ok {
			p.bad.add(p.file, place.Line, "write knob=value", "%q is not a setting", w)
			continue
		}
		if _, twice := l.Settings[k]; twice {
			p.bad.add(p.file, place.Line, "leave one out", "%s is set twice", k)
		}
		l.Settings[k] = v
	}
	return l
}

// lab reads the run that a page makes. Its settings stand behind its name or, where
// they hold spaces, under set.
func (p *lessonParser) lab(r *reader, f fence, words []string, place at) Block {
	l := p.run(f, words, place)
	r.block(f.body, "a lab", map[string]func(*yaml.Node){
		"look":    r.texts("look", &l.Look),
		"presets": r.list("presets", func(n *yaml.Node) { l.Presets = append(l.Presets, r.preset(n)) }),
		"set": func(n *yaml.Node) {
			var more map[string]string
			r.pairs("set", &more)(n)
			for k, v := range more {
				l.Settings[k] = v
			}
		},
	})
	if len(l.Presets) > 9 {
		p.bad.add(p.file, place.Line, "leave some out", "a lab has nine presets at most, one for each digit")
	}
	if p.page != nil && p.page.Lab() != nil {
		p.bad.add(p.file, place.Line, "move it to a page of its own", "the page has a lab already, and its quotes are of that")
		return nil
	}
	return &l
}

// preset reads one preset of a lab.
func (r *reader) preset(n *yaml.Node) Preset {
	var x Preset
	sound := r.fields(n, "a preset", map[string]func(*yaml.Node){"name": r.into(&x.Name), "set": r.pairs("set", &x.Set)})
	if sound && x.Name == "" {
		r.add(n, "write name: and a word or two", "a preset without a name")
	}
	return x
}

// id reads the id that a question or an exercise begins with: the lesson's, a
// dot, and the first letter of its kind with a number.
func (p *lessonParser) id(f fence, words []string, kind string, place at) (string, []string) {
	if len(words) > 0 {
		number, ok := strings.CutPrefix(words[0], p.l.ID+"."+kind[:1])
		if n, err := strconv.Atoi(number); ok && err == nil && n > 0 && n < 100 && number == strconv.Itoa(n) {
			return words[0], words[1:]
		}
	}
	p.bad.add(p.file, place.Line, "write ```"+kind+" "+p.l.ID+"."+kind[:1]+"1", "the block %s has no id of this lesson", f)
	return "", nil
}

// predict reads a question that a run decides. Which option is right is not
// written anywhere: when says what each claims.
func (p *lessonParser) predict(r *reader, f fence, words []string, place at) Block {
	q := &Predict{at: place}
	// Without an id, the first word may be anything: it would be no lab.
	if q.ID, words = p.id(f, words, "predict", place); q.ID != "" {
		q.Lab = p.run(f, words, place)
	}
	sound := r.block(f.body, "a prediction", map[string]func(*yaml.Node){
		"ask": r.prose(&q.Ask), "hint": r.prose(&q.Hint), "look": r.texts("look", &q.Lab.Look),
		"options": r.list("options", func(n *yaml.Node) {
			o := Outcome{at: at{r.line(n)}}
			if r.fields(n, "an option", map[string]func(*yaml.Node){
				"text": r.prose(&o.Text), "because": r.prose(&o.Because),
				"when": r.pairs("when", &o.When), "at": r.pairs("at", &o.At)}) {
				p.whole(n, r, len(o.Text) > 0, "text")
				p.whole(n, r, len(o.Because) > 0, "because")
				p.whole(n, r, len(o.When) > 0, "when")
			}
			q.Options = append(q.Options, o)
		}),
	})
	if !sound || !p.asked(f, q.Ask, q.Hint, len(q.Options)) || q.ID == "" {
		return nil
	}
	return q
}

// quiz reads a question whose right options are marked. Every option has its
// reason, and the whole has the misconception behind it.
func (p *lessonParser) quiz(r *reader, f fence, words []string, place at) Block {
	q := &Quiz{at: place}
	q.ID, _ = p.id(f, words, "quiz", place)
	right := 0
	sound := r.block(f.body, "a quiz", map[string]func(*yaml.Node){
		"ask": r.prose(&q.Ask), "hint": r.prose(&q.Hint), "trap": r.prose(&q.Trap),
		"options": r.list("options", func(n *yaml.Node) {
			o := Option{at: at{r.line(n)}}
			if r.fields(n, "an option", map[string]func(*yaml.Node){
				"text": r.prose(&o.Text), "because": r.prose(&o.Because), "right": r.yes(&o.Right)}) {
				p.whole(n, r, len(o.Text) > 0, "text")
				p.whole(n, r, len(o.Because) > 0, "because")
			}
			if o.Right {
				right++
			}
			q.Options = append(q.Options, o)
		}),
	})
	if !sound || !p.asked(f, q.Ask, q.Hint, len(q.Options)) || q.ID == "" {
		return nil
	}
	if right == 0 || right == len(q.Options) {
		p.bad.add(p.file, place.Line, "mark what is right with right: true, and leave something wrong", "right options: %d of %d", right, len(q.Options))
	}
	if len(q.Trap) == 0 {
		p.bad.add(p.file, place.Line, "write trap: and what people believe who choose wrong", "%s does not name the misconception behind it", f)
	}
	return q
}

// whole notes that an option lacks something.
func (p *lessonParser) whole(n *yaml.Node, r *reader, has bool, what string) {
	if !has {
		r.add(n, "write "+what+":", "the option has no %s", what)
	}
}

// asked checks what every question has, and reports whether it can be asked.
func (p *lessonParser) asked(f fence, ask, hint Text, options int) bool {
	line := f.line - 1
	if strings.TrimSpace(f.body) == "" {
		p.bad.add(p.file, line, "write ask:, hint: and options:", "the block %s is empty", f)
		return false
	}
	if len(ask) == 0 {
		p.bad.add(p.file, line, "write ask: and the question", "the question does not ask anything")
	}
	if len(hint) == 0 {
		p.bad.add(p.file, line, "write hint: and a sentence that helps without telling", "the question has no hint")
	}
	if options < 2 || options > 4 {
		p.bad.add(p.file, line, "two to four: the digits choose among them", "options: %d", options)
	}
	return options > 1
}

// exercise reads a task for the learner's own tools.
func (p *lessonParser) exercise(r *reader, f fence, words []string, place at) Block {
	x := &Exercise{at: place}
	if x.ID, words = p.id(f, words, "exercise", place); x.ID != "" {
		x.Lab = p.run(f, words, place)
	}
	sound := r.block(f.body, "an exercise", map[string]func(*yaml.Node){
		"ask": r.prose(&x.Ask), "hint": r.prose(&x.Hint), "goal": r.into(&x.Goal)})
	switch {
	case !sound:
		return nil
	case len(x.Ask) == 0 || x.Goal == "":
		p.bad.add(p.file, place.Line, "write ask: and goal:", "the exercise has no task, or no goal to be judged by")
		return nil
	}
	return x
}

// say reads what the learner is to put into a sentence of their own.
func (p *lessonParser) say(r *reader, f fence, words []string, place at) Block {
	x := &Say{at: place}
	x.ID, _ = p.id(f, words, "say", place)
	sound := r.block(f.body, "a sentence", map[string]func(*yaml.Node){"ask": r.prose(&x.Ask)})
	switch {
	case !sound || x.ID == "":
		return nil
	case len(x.Ask) == 0:
		p.bad.add(p.file, place.Line, "write ask: and what the sentence is to say", "nothing is asked for")
		return nil
	}
	return x
}
