package main

import (
	"context"
	"strings"
	"sync"
	"time"

	"tlstutor/content"
	"tlstutor/labs"
	"tlstutor/labs/dissect"
	"tlstutor/labs/pki"
	"tlstutor/labs/wire"
	"tlstutor/lessons"
)

// lintRun is how long a lab may take while a course is checked.
const lintRun = 10 * time.Second

// A world answers what lessons.Lint asks, from the labs and the tables.
type world struct {
	keys *pki.Keyring // of all runs, since an RSA key takes long to make

	mu    sync.Mutex
	words map[string]bool // names and values that a table or a run has
	made  int             // runs
}

// newWorld gathers the words of all tables.
func newWorld() (*world, error) {
	w := &world{keys: pki.NewKeyring(), words: map[string]bool{}}
	// The notes are ours, whoever's the course is.
	notes, err := lessons.LoadNotes(content.FS)
	if err != nil {
		return nil, err
	}
	for _, n := range notes.All() {
		// ASN.1Cert is the one name with a dot.
		w.learn(strings.Split(strings.Replace(n.Path, "ASN.1Cert", "ASN", 1), ".")...)
	}
	w.learn("ASN.1Cert")
	w.learnLabs()
	w.learnNumbers()
	// What a question is asked with (labs.Lookup), other people's programs, the
	// lines around PEM (RFC 7468), and what files of certificates are called.
	w.learn("len", "count", "last", "alert", "error", "goal", "record")
	w.learn("tlstutor", "OpenSSL", "openssl", "Python", "python3", "curl")
	w.learn("-----BEGIN", "-----END", "BEGIN", "END")
	w.learn(".pem", ".crt", ".cer", ".der", ".csr", ".key", ".p12", ".pfx", ".p7b")
	return w, nil
}

// learnLabs takes what the labs are set by, and who acts in them.
func (w *world) learnLabs() {
	for _, l := range labs.All() {
		w.learn(l.Name)
		// What a lab looks at are paths of fields, and a course names them as such.
		w.learn(l.Look...)
		for _, k := range l.Knobs {
			w.learn(k.Name, k.Start())
			w.learn(k.Choices...)
		}
		for _, g := range l.Goals {
			w.learn(g.Name)
		}
	}
	for p := labs.Client; p <= labs.Observer; p++ {
		w.learn(p.String())
	}
}

// learnNumbers takes the names of all numbers that have one: those of two bytes,
// and those of one.
func (w *world) learnNumbers() {
	for _, name := range []func(uint64) string{dissect.VersionName, dissect.GroupName, dissect.SchemeName, dissect.SuiteName, dissect.ExtensionName} {
		for n := range uint64(1 << 16) {
			w.learn(wire.Bare(name(n)))
		}
	}
	for _, name := range []func(uint64) string{dissect.ContentName, dissect.HandshakeName, dissect.AlertName} {
		for n := range uint64(1 << 8) {
			w.learn(wire.Bare(name(n)))
		}
	}
}

// learn takes words into the table.
// The caller holds the lock, or nobody else has the world yet.
func (w *world) learn(words ...string) {
	for _, s := range words {
		// Numbers without a name are all called unknown, which is no word of a table.
		if s != "" && s != "unknown" {
			w.words[s] = true
		}
	}
}

// asked is the world as Lint asks it. What fits depends on the course, as a page
// is drawn with its runs.
func (w *world) asked(fits func(*lessons.Page) error) lessons.World {
	return lessons.World{Check: checkLab, Turns: turns, Run: w.run, Goal: hasGoal, Knows: w.knows, Fits: fits}
}

// runs says how many runs were made.
// A run that failed or was stopped is not among them.
func (w *world) runs() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.made
}

// checkLab says why there is no such lab, or what it does not take.
func checkLab(name string, set map[string]string) error {
	l, err := labs.Find(name)
	if err != nil {
		return err
	}
	// Its error says behind a semicolon what the lab takes.
	_, err = l.Settings(set)
	return err
}

// turns are the settings near those given: the lab's own, its presets, and each
// that is one knob away. A text is not turned: there is no next one.
func turns(name string, set map[string]string) []map[string]string {
	l, err := labs.Find(name)
	if err != nil {
		// Check has the reason already, so nothing is said of it here.
		return nil
	}
	base, err := l.Settings(set)
	if err != nil {
		return nil
	}
	// Those given come first: that is the run which the page shows.
	all := []map[string]string{change(l, base, nil)}
	for _, p := range l.Presets {
		all = append(all, change(l, base, p.Set))
	}
	for i := range l.Knobs {
		k := &l.Knobs[i]
		values := k.Choices
		// A number has too many values to try: its neighbours have to stand for them.
		if k.Kind == labs.Number {
			values = []string{k.Turn(base[k.Name], 1), k.Turn(base[k.Name], -1)}
		}
		for _, v := range values {
			// The value as it is would be the first run once more. What another program
			// does is no neighbour: a course says so itself where it means that.
			if v != base[k.Name] && (k.Needs == nil || k.Needs(v) == "") {
				all = append(all, change(l, base, labs.Settings{k.Name: v}))
			}
		}
	}
	return all
}

// change is settings with some of them changed. Those that the lab has by itself
// are left out, so that the same run goes by one name.
func change(l *labs.Lab, base, to labs.Settings) map[string]string {
	next := map[string]string{}
	for i := range l.Knobs {
		k := &l.Knobs[i]
		v, ok := to[k.Name]
		if !ok {
			v = base[k.Name]
		}
		if v != k.Start() {
			next[k.Name] = v
		}
	}
	return next
}

// run makes a run, and keeps the names and values that it showed.
func (w *world) run(ctx context.Context, name string, set map[string]string) (lessons.Look, error) {
	l, err := labs.Find(name)
	if err != nil {
		return nil, err
	}
	all, err := l.Settings(set)
	if err != nil {
		return nil, err
	}
	// A course may be anybody's, and a knob may ask for seconds.
	ctx, cancel := context.WithTimeout(ctx, lintRun)
	defer cancel()
	events, err := labs.Start(ctx, l, all, labs.Options{Keys: w.keys, Alone: true}).Wait()
	if err == nil {
		err = context.Cause(ctx) // a run that was stopped did not fail, and says nothing
	}
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.made++
	// All that is shown may be named in the course, whichever page made the run.
	for i := range events {
		// What was delivered was written before, and named then.
		if events[i].Tree != nil && events[i].Kind != labs.Delivered {
			events[i].Tree.Walk(func(path []*wire.Field) {
				f := path[len(path)-1]
				w.learn(f.Name, wire.Bare(f.Value))
			})
		}
	}
	return func(path string) (string, bool) {
		value, _, ok := labs.Lookup(events, path)
		return value, ok
	}, nil
}

// hasGoal reports whether a lab has a goal.
func hasGoal(name, goal string) bool {
	l, err := labs.Find(name)
	if err != nil {
		// That there is no such lab is for checkLab to say.
		return false
	}
	for _, g := range l.Goals {
		if g.Name == goal {
			return true
		}
	}
	return false
}

// knows reports whether a table or a run has the word. Names below .test belong
// to nobody, so each is as good as another (RFC 6761).
func (w *world) knows(word string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.words[word] || strings.HasSuffix(word, ".test")
}
