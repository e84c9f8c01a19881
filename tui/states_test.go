package tui

import (
	"maps"
	"slices"
	"testing"
	"time"

	"tlstutor/lessons"
)

// everyState is all screens and focuses: of the labs, and of the course.
func everyState() map[string]func(testing.TB) *drive {
	all := maps.Clone(states)
	maps.Copy(all, exportStates)
	maps.Copy(all, graphStates)
	maps.Copy(all, indexStates)
	maps.Copy(all, homeStates)
	maps.Copy(all, lessonStates)
	maps.Copy(all, seriesStates)
	maps.Copy(all, overStates)
	maps.Copy(all, suiteStates)
	return all
}

// toyEnv is what screens share over the toy course.
func toyEnv(t testing.TB) *Env { return courseEnv(t, loaded(t, toyCourse), "", nil) }

// homeStates are the first start, home, and the search.
var homeStates = map[string]func(testing.TB) *drive{
	"welcome":       func(t testing.TB) *drive { d, _ := welcomeDrive(t, ""); return d },
	"welcome typed": func(t testing.TB) *drive { d, _ := welcomeDrive(t, "a secret"); return d },
	"welcome heard": func(t testing.TB) *drive {
		d, s := welcomeDrive(t, "a secret")
		d.key("enter")
		d.until("the line has crossed", func() bool { return s.said != nil })
		d.soon()
		return d
	},
	"course":          func(t testing.TB) *drive { return homeDrive(t, toyEnv(t)) },
	"course unfolded": func(t testing.TB) *drive { return homeDrive(t, toyEnv(t), "right") },
	"course page":     func(t testing.TB) *drive { return homeDrive(t, toyEnv(t), "right", "down", "down") },
	"course test out": func(t testing.TB) *drive {
		return homeDrive(t, toyEnv(t), "right", "down", "down", "down", "down", "down", "down")
	},
	"course glossary": func(t testing.TB) *drive { return homeDrive(t, toyEnv(t), "end") },
	"course review": func(t testing.TB) *drive {
		return homeDrive(t, dueEnv(t))
	},
	"course done": func(t testing.TB) *drive {
		env := toyEnv(t)
		env.Progress.Finish("T1", false)
		env.Progress.Finish("T2", true)
		return homeDrive(t, env)
	},
	"search": func(t testing.TB) *drive { return homeDrive(t, toyEnv(t), "/") },
	"search hits": func(t testing.TB) *drive {
		return homeDrive(t, toyEnv(t), "/", "h", "e", "l", "l", "o", "down")
	},
	"search none":     func(t testing.TB) *drive { return homeDrive(t, toyEnv(t), "/", "~", "~", "~") },
	"search glossary": func(t testing.TB) *drive { return homeDrive(t, toyEnv(t), "end", "enter") },
}

// homeDrive is a drive at home, where keys were pressed.
func homeDrive(t testing.TB, env *Env, keys ...string) *drive {
	t.Helper()
	d := newDrive(t, 80, 24, env, NewCourse(env))
	d.soon()
	for _, k := range keys {
		d.key(k)
		d.soon()
	}
	return d
}

// welcomeDrive is a drive at the first start, where a line was typed.
func welcomeDrive(t testing.TB, line string) (*drive, *welcome) {
	t.Helper()
	env := toyEnv(t)
	s := NewWelcome(env).(*welcome)
	d := newDrive(t, 80, 24, env, NewCourse(env), s)
	d.until("the first handshake is over", func() bool { return s.first != nil })
	for _, r := range line {
		d.key(string(r))
	}
	return d, s
}

// dueEnv is a course with two questions that have come back.
func dueEnv(t testing.TB) *Env {
	t.Helper()
	now := time.Now()
	env := courseEnv(t, loaded(t, toyCourse), "", func() time.Time { return now })
	for _, id := range []string{"T1.p1", "T1.q2"} {
		if err := env.Progress.Answer(id, 1, false); err != nil {
			t.Fatal(err)
		}
	}
	now = now.AddDate(0, 0, 3)
	return env
}

// at makes a state of a page of the toy course and keys pressed there.
func at(place string, keys ...string) func(testing.TB) *drive {
	return func(t testing.TB) *drive { d, _ := toyDrive(t, place, keys...); return d }
}

// lessonStates are pages at every stage.
var lessonStates = map[string]func(testing.TB) *drive{
	"lesson first page":        at("T1.1"),
	"lesson strip":             at("T1.1", "tab"),
	"lesson term":              at("T1.1", "tab", "tab"),
	"lesson value":             at("T1.1", "tab", "tab", "tab"),
	"lesson fact":              at("T1.1", "shift+tab"),
	"lesson predict":           at("T1.2"),
	"lesson predict chosen":    at("T1.2", "2"),
	"lesson predict hint":      at("T1.2", "i"),
	"lesson predict warned":    at("T1.2", "space"),
	"lesson predict elsewhere": at("T1.2", "1", "tab", "tab"),
	"lesson predict right":     at("T1.2", "2", "enter"),
	"lesson predict wrong":     at("T1.2", "1", "enter", "tab"),
	"lesson predict watched":   at("T1.2", "space", "space"),
	"lesson predict waiting": func(t testing.TB) *drive {
		d, _ := toyDrive(t, "T1.2", "1")
		d.key("enter")
		return d
	},
	"lesson quiz":             at("T1.3", "down"),
	"lesson quiz decided":     at("T1.3", "1", "enter"),
	"lesson quiz second":      at("T1.3", "1", "enter", "space"),
	"lesson quiz passed":      at("T1.3", "1", "enter", "space", "2", "enter", "tab"),
	"lesson code":             at("T1.4"),
	"lesson code tabs":        at("T1.4", "tab"),
	"lesson last page":        at("T1.5", "tab"),
	"lesson sentence":         at("T1.5"),
	"lesson sentence line":    at("T1.5", "enter", "a"),
	"lesson sentence written": at("T1.5", "enter", "a", "enter"),
	"lesson no lab":           at("T2.1"),
	"presenting":              at("T1.1", "p"),
	"presenting predict":      at("T1.2", "p", "space", "space"),
	"presenting chosen":       at("T1.2", "p", "space", "space", "1"),
	"presenting decided":      at("T1.2", "p", "space", "space", "1", "enter"),
	"presenting code":         at("T1.4", "p"),
	"lesson not kept": func(t testing.TB) *drive {
		env := newEnv(t, "dark", false)
		env.Course, env.Progress = loaded(t, toyCourse), lessons.OpenProgress("", "toy", nil)
		d, _ := lessonDrive(t, 80, 24, env, "T1.1")
		return d
	},
}

// seriesStates are questions without a lesson around them.
var seriesStates = map[string]func(testing.TB) *drive{
	"review": func(t testing.TB) *drive { d, _ := seriesDrive(t, dueEnv(t), review); return d },
	"review decided": func(t testing.TB) *drive {
		d, s := seriesDrive(t, dueEnv(t), review)
		d.keys(s, "1", "enter")
		return d
	},
	"review end":   func(t testing.TB) *drive { d, s := seriesDrive(t, dueEnv(t), review); d.keys(s, "end"); return d },
	"test out":     func(t testing.TB) *drive { d, _ := seriesDrive(t, toyEnv(t), testOut); return d },
	"test out end": func(t testing.TB) *drive { d, s := seriesDrive(t, toyEnv(t), testOut); d.keys(s, "end"); return d },
	"test before":  func(t testing.TB) *drive { d, _ := seriesDrive(t, toyEnv(t), before); return d },
	"test before answered": func(t testing.TB) *drive {
		d, s := seriesDrive(t, toyEnv(t), before)
		d.keys(s, "1", "enter", "left")
		return d
	},
	"test before end": func(t testing.TB) *drive { d, s := seriesDrive(t, toyEnv(t), before); d.keys(s, "end"); return d },
	"test after": func(t testing.TB) *drive {
		env := toyEnv(t)
		env.Progress.Finish("T1", false)
		env.Progress.Finish("T2", false)
		d, _ := seriesDrive(t, env, after)
		return d
	},
}

// seriesDrive is a drive at the first question of a series, home below it.
func seriesDrive(t testing.TB, env *Env, kind seriesKind) (*drive, *lessonScreen) {
	t.Helper()
	home := NewCourse(env).(*courseScreen)
	d := newDrive(t, 80, 24, env, home)
	var s Screen
	switch kind {
	case review:
		s = newReview(env, home.dueQuestions())
	case testOut:
		s = newTestOut(env, env.Course.Lessons[0])
	default:
		s = newTest(env)
	}
	l := s.(*lessonScreen)
	if l.series.kind != kind {
		t.Fatalf("the series is of kind %d, not %d", l.series.kind, kind)
	}
	d.run(d.app.push(l))
	d.calm(l)
	return d, l
}

// overStates are what opens over a lesson, and leads back to it.
var overStates = map[string]func(testing.TB) *drive{
	"overlay links":       at("T1.1", "tab", "tab", "enter"),
	"overlay link chosen": at("T1.1", "tab", "tab", "enter", "tab"),
	"overlay plain":       at("T1.1", "tab", "tab", "enter", "tab", "enter"),
	"overlay fact":        at("T1.1", "shift+tab", "enter"),
	"overlay again":       at("T1.3", "1", "enter", "space", "tab", "tab", "enter"),
	"lab of a strip":      at("T1.1", "tab", "enter"),
	"lab of a value":      at("T1.1", "tab", "tab", "tab", "enter"),
	"lab of evidence":     at("T1.2", "1", "enter", "e"),
	"lesson copied":       at("T1.4", "y", "y"),
	"lesson help":         at("T1.2", "?"),
	"lesson settings":     at("T1.2", ":"),
	"lesson search":       at("T1.2", "/"),
}

// names are the states in order.
func names() []string { return slices.Sorted(maps.Keys(everyState())) }
