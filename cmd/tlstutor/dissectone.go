package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"tlstutor/labs"
	"tlstutor/labs/capture"
	"tlstutor/labs/dissect"
)

// A chosen replays the connections of a capture that are to be printed, and keeps
// one of them for a page.
type chosen struct {
	dissection
	keys *dissect.Keys

	n     int           // the number of the one that was kept, or that was asked for and met; 0: none yet
	began time.Duration // when it did, by the clock of the capture
	kept  []labs.Event
}

// replay returns what makes events of a connection, or nil where another one is
// asked for.
func (o *chosen) replay(c *capture.Conn) func() []labs.Event {
	if o.conn != 0 && c.Number != o.conn {
		return nil
	}
	keep := o.n == 0 && o.keep.html != ""
	if o.n == 0 {
		o.n, o.began = c.Number, c.At
	}
	return func() []labs.Event {
		events := labs.Replay(c, o.keys)
		if !o.verify && !keep {
			return events
		}
		proven := labs.Proven(events[:len(events):len(events)])
		if keep {
			o.kept = proven
		}
		if o.verify {
			return proven
		}
		return events
	}
}

// page writes the page of the connection that was kept, if one is asked for, and
// says which that is.
func (o *chosen) page(name string, start time.Time) error {
	switch {
	case o.n == 0 && o.conn != 0:
		return hint(fmt.Errorf("%s has no connection %d with TLS", clean(name), o.conn), "without --conn dissect prints all, with their numbers")
	case o.keep.html == "":
		return nil
	case o.n == 0:
		return hint(fmt.Errorf("%s has no connection with TLS", clean(name)), "there is nothing to make a page of")
	}
	o.keep.of = fmt.Sprintf(" of connection %d", o.n)
	made := start.Add(o.began)
	if start.IsZero() {
		made = time.Now() // bare records have no time of their own
	}
	return o.keep.keep(&labs.Kept{Lab: labs.Past(name), Events: o.kept, Page: labs.Page{Made: made}})
}

// stall is how long a capture may have nothing more before connections that have
// ended are printed out of their order.
const stall = time.Second

// nextConn returns the next connection of a capture. While nothing more of that
// comes, as of a pipe that somebody still captures into, it tells what has ended.
func nextConn(ctx context.Context, r *capture.Reader, tell func(*capture.Conn) bool) (*capture.Conn, error) {
	type result struct {
		c   *capture.Conn
		err error
	}
	done := make(chan result, 1)
	go func() {
		c, err := r.Next()
		done <- result{c, err}
	}()
	tick := time.NewTicker(stall)
	defer tick.Stop()
	for {
		select {
		case next := <-done:
			return next.c, next.err
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-tick.C:
			for _, c := range r.Stalled() {
				if !tell(c) {
					return nil, io.ErrClosedPipe // why is told by who prints
				}
			}
		}
	}
}
