package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tlstutor/labs"
	"tlstutor/labs/pki"
)

// recorded makes a capture of so many TLS 1.3 connections, one begun each 10 ms,
// with their secrets inside. They are real; where there are many, each of them
// stands in it several times, from other ports.
func recorded(b *testing.B, n int) string {
	b.Helper()
	set, err := labs.Handshake.Settings(nil)
	if err != nil {
		b.Fatal(err)
	}
	keys := pki.NewKeyring()
	var runs [][]labs.Event
	for range min(n, 100) {
		events, err := labs.Start(context.Background(), labs.Handshake, set, labs.Options{Keys: keys}).Wait()
		if err != nil {
			b.Fatal(err)
		}
		runs = append(runs, events)
	}
	var all []labs.Event
	for i := range n {
		conns := map[*labs.Conn]*labs.Conn{}
		for _, e := range runs[i%len(runs)] {
			if e.Conn == nil || e.Kind != labs.Written {
				continue
			}
			if conns[e.Conn] == nil {
				c := *e.Conn
				c.Client = &net.TCPAddr{IP: net.IPv4(10, 0, byte(i>>8), byte(i)), Port: 10000 + i}
				conns[e.Conn] = &c
			}
			e.Conn = conns[e.Conn]
			e.At += time.Duration(i) * 10 * time.Millisecond
			all = append(all, e)
		}
	}
	name := filepath.Join(b.TempDir(), "capture.pcapng")
	f, err := os.Create(name)
	if err != nil {
		b.Fatal(err)
	}
	kept := &labs.Kept{Lab: labs.Handshake, Settings: set, Events: all, Page: labs.Page{Made: time.Now()}}
	if err := labs.Formats()[0].Write(f, kept); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	return name
}

// measured runs a program, whose output goes nowhere, and returns how long that
// took and how many MB it held at most.
func measured(b *testing.B, program string, args ...string) (time.Duration, float64) {
	b.Helper()
	cmd := exec.Command(program, args...)
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		b.Fatal(err)
	}
	defer null.Close()
	cmd.Stdout = null
	began := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	ended, most := make(chan struct{}), make(chan float64, 1)
	go func() { most <- held(cmd.Process.Pid, ended) }()
	err = cmd.Wait()
	took := time.Since(began)
	close(ended)
	if err != nil {
		b.Fatalf("%s %v: %v", program, args, err)
	}
	return took, <-most
}

// held is the most memory that a process has had, in MB, as far as it was seen. What
// the system says at its end counts ours as well, from before it was another program.
func held(pid int, ended <-chan struct{}) float64 {
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	var kb float64
	for {
		select {
		case <-ended:
			return kb / 1024
		case <-tick.C:
			text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
			if _, rest, ok := strings.Cut(string(text), "VmHWM:"); ok {
				fmt.Sscanf(rest, "%f kB", &kb)
			}
		}
	}
}

// BenchmarkSpeedDissect compares dissect with tshark on a thousand connections: all
// fields of all of them as text, and as JSON. Memory is the most that was held.
func BenchmarkSpeedDissect(b *testing.B) {
	tshark, err := exec.LookPath("tshark")
	if err != nil {
		b.Fatal("tshark is what dissect is compared with: ", err)
	}
	ours := built(b, ".")[0]
	file := recorded(b, 1000)
	for _, c := range []struct {
		name         string
		ours, theirs []string
	}{
		{"Text", []string{"dissect", "--fields", file}, []string{"-V", "-r", file}},
		{"JSON", []string{"dissect", "--json", file}, []string{"-T", "json", "-r", file}},
	} {
		b.Run(c.name, func(b *testing.B) {
			var us, them []float64
			compare(b, func() time.Duration {
				took, held := measured(b, ours, c.ours...)
				us = append(us, held)
				return took
			}, func() time.Duration {
				took, held := measured(b, tshark, c.theirs...)
				them = append(them, held)
				return took
			})
			b.ReportMetric(median(us), "ours-MB")
			b.ReportMetric(median(them), "other-MB")
			b.ReportMetric(median(us)/median(them), "memory")
		})
	}
}

// BenchmarkSpeedFirst reports how long it takes, from the command on, until the first
// connection of a capture of 100 MB is on the screen, and then until a key is answered
// while the rest is read.
func BenchmarkSpeedFirst(b *testing.B) {
	ours := built(b, ".")[0]
	file := recorded(b, 18000)
	if info, err := os.Stat(file); err != nil || info.Size() < 100<<20 {
		b.Fatalf("it is to have 100 MB: %v, error %v", info, err)
	}
	var firsts, keys []float64
	for b.Loop() {
		began := time.Now()
		p := onTerminal(b, 80, 24, nil, ours, "open", file)
		p.until("app.lab.test")
		firsts = append(firsts, time.Since(began).Seconds()*1000)
		pressed := time.Now()
		p.press("?")
		p.until("a page down")
		keys = append(keys, time.Since(pressed).Seconds()*1000)
		p.press("\x03")
		p.end()
	}
	b.ReportMetric(median(firsts), "first-ms")
	b.ReportMetric(median(keys), "key-ms")
}

// BenchmarkSpeedFlat reports by how much a connection costs more among 10,000 than
// among 100, what a start takes left out.
func BenchmarkSpeedFlat(b *testing.B) {
	ours := built(b, ".")[0]
	none, few, many := recorded(b, 1), recorded(b, 101), recorded(b, 10001)
	var ratios []float64
	for b.Loop() {
		start, _ := measured(b, ours, "dissect", none)
		some, _ := measured(b, ours, "dissect", few)
		all, _ := measured(b, ours, "dissect", many)
		ratios = append(ratios, (all-start).Seconds()/10000/((some-start).Seconds()/100))
	}
	b.ReportMetric(median(ratios), "ratio")
}
