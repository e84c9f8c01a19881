package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tlstutor/lessons"
)

// built builds programs, as a user would have them, and returns their paths.
func built(b *testing.B, packages ...string) []string {
	b.Helper()
	dir := b.TempDir()
	var paths []string
	for i, p := range packages {
		path := filepath.Join(dir, fmt.Sprint(i))
		cmd := exec.Command("go", "build", "-o", path, p)
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("building %s: %v\n%s", p, err, out)
		}
		paths = append(paths, path)
	}
	return paths
}

// compare runs ours and the other in turn, once for each iteration, and reports
// the medians and their ratio.
func compare(b *testing.B, ours, other func() time.Duration) {
	var us, them []float64
	ours() // from the disk into memory
	other()
	for b.Loop() {
		us = append(us, ours().Seconds()*1000)
		them = append(them, other().Seconds()*1000)
	}
	b.ReportMetric(median(us), "ours-ms")
	b.ReportMetric(median(them), "other-ms")
	b.ReportMetric(median(us)/median(them), "ratio")
}

func median(of []float64) float64 {
	of = slices.Sorted(slices.Values(of))
	n := len(of)
	return (of[(n-1)/2] + of[n/2]) / 2
}

// BenchmarkSpeedVersion compares tlstutor version with a program that only
// imports bubbletea and glamour. A measurement is the mean of five starts.
func BenchmarkSpeedVersion(b *testing.B) {
	paths := built(b, ".", "./testdata/bare")
	times := func(path string, args ...string) func() time.Duration {
		return func() time.Duration {
			began := time.Now()
			for range 5 {
				if err := exec.Command(path, args...).Run(); err != nil {
					b.Fatal(err)
				}
			}
			return time.Since(began) / 5
		}
	}
	compare(b, times(paths[0], "version"), times(paths[1]))
}

// BenchmarkSpeedScreen compares the time to the course with that of a program of
// twenty lines, for a learner who has been here before.
func BenchmarkSpeedScreen(b *testing.B) {
	paths := built(b, ".", "./testdata/page")
	state := b.TempDir()
	p := lessons.OpenProgress(filepath.Join(state, "tlstutor"), ownCourse, time.Now)
	if err := p.Visit("F1", 2); err != nil {
		b.Fatal(err)
	}
	p.Close()
	times := func(path, drawn, quit string) func() time.Duration {
		return func() time.Duration {
			began := time.Now()
			p := onTerminal(b, 80, 24, []string{"XDG_STATE_HOME=" + state}, path)
			p.until(drawn)
			took := time.Since(began)
			p.press(quit)
			if status := p.end(); status != 0 {
				b.Fatalf("%s: exit status %d", path, status)
			}
			return took
		}
	}
	compare(b, times(paths[0], "page 2 of", "\x03"), times(paths[1], "server_name", "q"))
}

// BenchmarkSpeedLint reports how long it takes to check the course, all its runs
// included.
func BenchmarkSpeedLint(b *testing.B) {
	paths := built(b, ".")
	var took []float64
	for b.Loop() {
		began := time.Now()
		if out, err := exec.Command(paths[0], "lint").CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
		took = append(took, time.Since(began).Seconds())
	}
	b.ReportMetric(median(took), "seconds")
}

// BenchmarkSpeedMemory reports what the program holds in memory once a lab is
// open and has been walked a little.
func BenchmarkSpeedMemory(b *testing.B) {
	paths := built(b, ".")
	var held []float64
	for b.Loop() {
		p := onTerminal(b, 140, 42, nil, paths[0], "open", "handshake")
		p.until("ServerHello")
		p.press("\r")
		p.until("legacy_version")
		held = append(held, resident(b, p.cmd.Process.Pid))
		p.press("\x03")
		p.end()
	}
	b.ReportMetric(median(held), "MB")
}

// resident returns the resident memory of a process, in MB.
func resident(b *testing.B, pid int) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	var kb float64
	if _, err := fmt.Sscanf(rest, "%f kB", &kb); err != nil {
		b.Fatal(err)
	}
	return kb / 1024
}
