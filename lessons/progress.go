package lessons

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"time"
)

// A Progress is what a learner did in one course. It is kept in a file of JSON
// lines that is only appended to, so that a kill at any moment loses nothing
// that was said to be kept, and two programs can use it at once.
//
// Methods that change it write to the disk, and return when their line is in the
// file or with the reason why it is not; screens call them in commands. What
// could not be written counts all the same while the program runs, and is
// written with the next change that can be. Methods that only ask look at
// memory and never wait for the disk. All may be called at once.
//
// Start reading at put, then ledger.take, which says what a line means.
type Progress struct {
	course string
	now    func() time.Time

	writing sync.Mutex // held while the file is used; before mu
	journal journal
	pending []entry // not in the file yet, in order
	closed  bool

	mu     sync.Mutex // guards what follows; never held while the disk works
	ledger *ledger
	kept   error
}

// openWait is how long opening waits for a program that rewrites the file.
const openWait = time.Second

// OpenProgress opens what was kept of a course in a folder. It never fails:
// where nothing can be kept, Kept says why. With "" for the folder nothing is
// kept on disk. Now is the clock, nil for that of the system.
func OpenProgress(dir, course string, now func() time.Time) *Progress {
	if now == nil {
		now = time.Now
	}
	p := &Progress{course: course, now: now, ledger: newLedger()}
	if dir != "" {
		p.journal.path = ProgressFile(dir, course)
		// An error leaves the file as it is, and opening it says the same.
		_ = rewrite(p.journal.path, false)
	}
	err := p.sync(openWait)
	if err != nil && dir != "" {
		// What may not be written may still be read.
		if l, _, err := readWhole(p.journal.path); err == nil {
			p.ledger = l
		}
	}
	p.kept = p.journal.fault(err)
	return p
}

// Kept says why progress is not kept, in one clean sentence, or nil.
func (p *Progress) Kept() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.kept
}

// Close tries once more to write what is not in the file, says whether
// everything is, and gives the file up.
func (p *Progress) Close() error {
	err := p.put(func(*ledger) []statement { return nil })
	p.writing.Lock()
	defer p.writing.Unlock()
	p.journal.close()
	p.closed = true
	return err
}

// put says something, and returns when the file does. What is said may depend
// on what the file says by then, whoever wrote it.
func (p *Progress) put(what func(*ledger) []statement) error {
	p.writing.Lock()
	defer p.writing.Unlock()
	err := p.sync(0)
	p.mu.Lock()
	words := what(p.ledger) // in memory only
	p.mu.Unlock()
	for _, s := range words {
		s.V, s.At = lineVersion, p.now().UTC().Round(0)
		raw, bad := s.line()
		if bad != nil {
			err = bad
			continue
		}
		p.later(entry{statement: s, raw: raw})
	}
	if err == nil {
		err = p.flush()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	// What was written is in the ledger already: flush has read it back.
	if err != nil {
		for _, e := range p.pending {
			p.ledger.take(e.raw)
		}
	}
	p.kept = p.journal.fault(err)
	return p.kept
}

// later keeps an entry until it can be written, instead of an older one.
func (p *Progress) later(e entry) {
	p.pending = slices.DeleteFunc(p.pending, func(old entry) bool { return old.Key == e.Key })
	p.pending = append(p.pending, e)
}

// sync takes in what was appended to the file, and opens it first where that is
// needed. A file that somebody deleted or replaced gets what it lacks.
func (p *Progress) sync(wait time.Duration) error {
	j := &p.journal
	if p.closed {
		return errClosed
	}
	again := j.file == nil || j.moved()
	if again {
		j.close()
		if err := j.open(wait); err != nil {
			return err
		}
	}
	lines, err := j.read()
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	old := p.ledger
	if again {
		p.ledger = newLedger()
	}
	for _, line := range lines {
		p.ledger.take(line)
	}
	if again {
		for _, e := range old.beyond(p.ledger) {
			p.later(e)
		}
	}
	// What is pending is the last word, and will be in the file too.
	for _, e := range p.pending {
		p.ledger.take(e.raw)
	}
	return nil
}

// flush writes what is pending, and reads it back. What it finds glued to the
// rest of a torn line it writes again.
func (p *Progress) flush() error {
	for range 3 {
		if len(p.pending) == 0 {
			return nil
		}
		var lines []string
		for _, e := range p.pending {
			lines = append(lines, e.raw)
		}
		if err := p.journal.write(lines); err != nil {
			return err
		}
		lines, err := p.journal.read()
		if err != nil {
			return err
		}
		p.mu.Lock()
		for _, line := range lines {
			p.ledger.take(line)
		}
		p.mu.Unlock()
		p.pending = slices.DeleteFunc(p.pending, func(e entry) bool { return slices.Contains(lines, e.raw) })
	}
	return errLost
}

// ProgressFile names the file of a course in a folder. The id of a course from
// elsewhere can be anything: those that are not plain, or that some system keeps
// for itself, get a number instead.
func ProgressFile(dir, course string) string {
	plain := regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}$`)
	device := regexp.MustCompile(`^(con|prn|aux|nul|(com|lpt)[0-9])$`)
	if plain.MatchString(course) && !device.MatchString(course) {
		return filepath.Join(dir, course+".jsonl")
	}
	sum := sha256.Sum256([]byte(course))
	return filepath.Join(dir, "course-"+hex.EncodeToString(sum[:8])+".jsonl")
}
