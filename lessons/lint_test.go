package lessons

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
)

// knobs are those of the lab "pair", with what they take; say takes any text.
var knobs = map[string][]string{"version": {"new", "old", "none", "gone"}, "fault": {"none", "stranger", "breaks"}, "say": {"hello"}}

// pair is a lab without sockets: what a run says is a function of its settings.
func pair(set map[string]string) map[string]string {
	get := func(k string) string {
		if v, ok := set[k]; ok {
			return v
		}
		return knobs[k][0]
	}
	says := map[string]string{
		"Hello": "", "Hello.name": "app.lab.test", "Hello.version": "two", "len(Hello.name)": "12",
		"last(client)": "Finished", "alert(client)": "none", "count(Hello)": "1", "count(Retry)": "0",
		"len(Hello)": strconv.Itoa(38 + len(get("say"))),
	}
	switch get("version") {
	case "old":
		says["Hello.version"], says["Retry.reason"], says["len(Hello)"] = "one", "too old", "99"
	case "none":
		says["Hello.version"], says["last(client)"] = "none", "Hello"
	case "gone":
		says = map[string]string{"last(client)": "none", "alert(client)": "none", "count(Hello)": "0", "count(Retry)": "0"}
	}
	if get("fault") == "stranger" {
		says["last(client)"], says["alert(client)"] = "Alert", "unknown_ca"
	}
	return says
}

// pairWorld has the lab "pair" and nothing else. It counts the runs.
func pairWorld(runs *atomic.Int32) World {
	return World{
		Check: func(lab string, set map[string]string) error {
			if lab != "pair" {
				return fmt.Errorf("there is no lab %q; the labs are pair", lab)
			}
			for k, v := range set {
				if knobs[k] == nil {
					return fmt.Errorf("lab pair has no knob %q; its knobs are version, fault, say", k)
				}
				if k != "say" && !slices.Contains(knobs[k], v) {
					return fmt.Errorf("%s cannot be %q; it is one of %v", k, v, knobs[k])
				}
			}
			return nil
		},
		Turns: func(_ string, set map[string]string) []map[string]string {
			var all []map[string]string
			for _, k := range slices.Sorted(maps.Keys(knobs)) {
				for _, v := range knobs[k] {
					next := map[string]string{k: v}
					for old, was := range set {
						if old != k {
							next[old] = was
						}
					}
					all = append(all, next)
				}
			}
			return all
		},
		Run: func(_ context.Context, _ string, set map[string]string) (Look, error) {
			runs.Add(1)
			if set["fault"] == "breaks" {
				return nil, errors.New("no socket")
			}
			says := pair(set)
			return func(path string) (string, bool) {
				if strings.HasPrefix(path, "count(") && says[path] == "" {
					return "0", true // of what nobody has heard of there are none
				}
				v, ok := says[path]
				return v, ok
			}, nil
		},
		Goal: func(lab, goal string) bool { return lab == "pair" && goal == "it is done" },
		Knows: func(word string) bool {
			return strings.HasSuffix(word, ".test") || slices.Contains(strings.Fields("Hello name version Retry reason Finished pair fault say"), word)
		},
		Fits: func(p *Page) error {
			if strings.Contains(p.Title, "too long") {
				return errors.New("it is 20 lines high")
			}
			return nil
		},
	}
}

// sound is the course of testdata/sound, as files that may be changed.
func sound(t testing.TB) fstest.MapFS {
	t.Helper()
	m := fstest.MapFS{}
	src := os.DirFS("testdata/sound")
	err := fs.WalkDir(src, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(src, name)
		m[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// mistakes loads a course and, if it has a sound form, lints it.
func mistakes(t testing.TB, fsys fs.FS) Mistakes {
	t.Helper()
	c, err := Load(fsys)
	var bad Mistakes
	switch {
	case errors.As(err, &bad):
		if c != nil {
			t.Error("there is a course, and mistakes")
		}
		return bad
	case err != nil:
		t.Fatal(err)
	}
	return Lint(context.Background(), c, pairWorld(new(atomic.Int32)))
}

// TestLintSound: a sound course has nothing to mend, each run is made once for a
// lesson, and a course stays as it is.
func TestLintSound(t *testing.T) {
	if bad := mistakes(t, sound(t)); len(bad) > 0 {
		t.Fatal(bad)
	}
	c, err := Load(sound(t))
	if err != nil {
		t.Fatal(err)
	}
	var runs atomic.Int32
	if bad := Lint(context.Background(), c, pairWorld(&runs)); len(bad) > 0 {
		t.Error(bad)
	}
	if n := runs.Load(); n < 10 || n > 32 {
		t.Errorf("%d runs", n)
	}
	if again := toy(t); !reflect.DeepEqual(again, c) {
		t.Error("the course was changed")
	}
}

// TestLintStopped: a check that is stopped says so, once.
func TestLintStopped(t *testing.T) {
	c, err := Load(sound(t))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var runs atomic.Int32
	bad := Lint(ctx, c, pairWorld(&runs))
	if len(bad) != 1 || !strings.Contains(bad[0].What, "stopped") || runs.Load() != 0 {
		t.Errorf("%v, %d runs", bad, runs.Load())
	}
}

// TestLintBounds: a course cannot ask for runs without end.
func TestLintBounds(t *testing.T) {
	files := sound(t)
	text := string(files["lessons/A1-first.md"].Data)
	var more strings.Builder
	for page := range 30 {
		fmt.Fprintf(&more, "## Page %d\n\n", page)
		for i := range 50 {
			fmt.Fprintf(&more, "```exercise A1.e%d pair\nask: a\ngoal: it is done\n```\n\n", i+1)
		}
	}
	files["lessons/A1-first.md"].Data = []byte(strings.Replace(text, "## Recap", more.String()+"## Recap", 1))
	if bad := mistakes(t, files); len(bad) != maxMistakes {
		t.Errorf("%d mistakes", len(bad))
	}
	b := &bench{ctx: context.Background(), w: pairWorld(new(atomic.Int32)), made: map[string]*made{}}
	for i := range lintRuns {
		if _, err := b.run("pair", map[string]string{"say": strconv.Itoa(i)}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.run("pair", map[string]string{"say": "once more"}); err != errRuns {
		t.Errorf("run %d: %v", lintRuns+1, err)
	}
	if _, err := b.run("pair", map[string]string{"say": "0"}); err != nil {
		t.Errorf("a run that was made: %v", err)
	}
}

// TestAddress: what Markdown makes a link of by itself, and what it leaves alone.
func TestAddress(t *testing.T) {
	for _, s := range []string{"www.shop.test", "It is WWW.shop.test.", "(www.a)", "http://a", "see https://app.lab.test/x", "ftp://a.test", "a.b+c@lab.test"} {
		if !address.MatchString(s) {
			t.Errorf("%q is taken for no address", s)
		}
	}
	for _, s := range []string{"shop.test", "www is one label", "wwwshop.test", "awww.shop", "a://b", "https is it", "*.lab.test", "a@b", "no@ one.test", "www. and so on", ""} {
		if got := address.FindString(s); got != "" {
			t.Errorf("%q is taken for an address in %q", got, s)
		}
	}
}
