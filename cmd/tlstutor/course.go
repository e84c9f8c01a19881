package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"time"

	"tlstutor/content"
	"tlstutor/lessons"
)

// courseFiles are the files of the built-in course, or of somebody's own. Nothing
// outside of that folder is opened, also not through a link in it.
func (s *shell) courseFiles() (fs.FS, error) {
	if s.course == "" {
		return content.FS, nil
	}
	root, err := courseFolder(s.course)
	if err != nil {
		return nil, err
	}
	return root.FS(), nil // open as long as the program runs
}

// loadCourse reads the course that the program runs.
func (s *shell) loadCourse(files fs.FS) (*lessons.Course, error) {
	c, err := lessons.Load(files)
	var bad lessons.Mistakes
	if errors.As(err, &bad) {
		// A mistake says itself how to mend it.
		if err = fmt.Errorf("reading the course: %w", bad[0]); len(bad) > 1 {
			err = hint(fmt.Errorf("%w (and %d more)", err, len(bad)-1), "tlstutor lint "+quoteDir(s.course)+"lists all")
		}
		return nil, err
	}
	return c, err
}

// courseID is the id of the course that --course names, or of the built-in one.
func (s *shell) courseID() (string, error) {
	if s.course == "" {
		return ownCourse, nil
	}
	files, err := s.courseFiles()
	if err != nil {
		return "", err
	}
	c, err := s.loadCourse(files)
	if err != nil {
		return "", err
	}
	return s.keptAs(c.ID), nil
}

// keptAs is the id that progress in a course is kept under. A course from
// elsewhere may call itself as the built-in one does; what the learner did in
// that is not its to change.
func (s *shell) keptAs(id string) string {
	if s.course != "" && id == ownCourse {
		return "my-" + id
	}
	return id
}

// reload returns what reads the course again once a file of it has changed: an
// author has the program open while they write. The built-in one does not change.
func (s *shell) reload(files fs.FS) func() (*lessons.Course, error) {
	if s.course == "" {
		return nil
	}
	last := newest(files)
	return func() (*lessons.Course, error) {
		now := newest(files)
		if now.Equal(last) {
			return nil, nil
		}
		last = now
		return lessons.Load(files)
	}
}

// newest is when a file of the course was changed last. A file that cannot be
// looked at is left to the loading.
func newest(files fs.FS) time.Time {
	var last time.Time
	for _, pattern := range []string{"*.yaml", "*.md", "lessons", "lessons/*.md", "snippets", "snippets/*"} {
		// Glob opens what is there, and opening a pipe waits for who writes into it.
		if info, err := fs.Stat(files, path.Dir(pattern)); err != nil || !info.IsDir() {
			continue
		}
		names, _ := fs.Glob(files, pattern) // the patterns are sound
		for _, name := range names[:min(len(names), 1000)] {
			if info, err := fs.Stat(files, name); err == nil && info.ModTime().After(last) {
				last = info.ModTime()
			}
		}
	}
	return last
}

// quoteDir is a folder as a shell takes it, with a space behind it, or nothing.
func quoteDir(dir string) string {
	if dir == "" {
		return ""
	}
	return quote(dir) + " "
}
