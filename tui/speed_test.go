package tui

import (
	"slices"
	"testing"
	"time"

	"tlstutor/content"
	"tlstutor/lessons"
	"tlstutor/tui/theme"
)

// BenchmarkView draws the lab at 200x60 with its largest tree open. The bar is
// 2 ms.
func BenchmarkView(b *testing.B) {
	env := newEnv(b, theme.Dark, false)
	lab, given := parse(b, nil)
	s := NewLab(env, lab, given).(*labScreen)
	d := newDrive(b, 200, 60, env, s)
	d.idle(s)
	for range 4 {
		d.key("down")
	}
	d.key("enter")
	d.key("a")
	b.ReportAllocs()
	for b.Loop() {
		d.app.draw()
	}
}

// BenchmarkPage reports the slowest page of a lesson: from the key that opens it
// to its frame, when only the first page has been seen before. The bar is 16 ms.
func BenchmarkPage(b *testing.B) {
	course, err := lessons.Load(content.FS)
	if err != nil {
		b.Fatal(err)
	}
	var slowest []float64
	for b.Loop() {
		env := newEnv(b, theme.Dark, false)
		env.Course, env.Progress = course, lessons.OpenProgress("", course.ID, nil)
		for _, l := range course.Lessons {
			s := NewLesson(env, l, 1).(*lessonScreen)
			d := newDrive(b, 80, 24, env, NewCourse(env), s)
			d.app.draw()
			most := 0.0
			for range l.Pages[1:] {
				began := time.Now()
				d.key("right")
				d.app.draw()
				most = max(most, time.Since(began).Seconds()*1000)
			}
			slowest = append(slowest, most)
		}
	}
	slices.Sort(slowest)
	b.ReportMetric(slowest[len(slowest)/2], "page-ms")
}
