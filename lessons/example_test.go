package lessons_test

import (
	"fmt"
	"os"

	"tlstutor/lessons"
)

// A course is a folder of files. A prediction is judged by asking a run; here the
// run is a few answers, as a Look gives them.
func Example() {
	course, err := lessons.Load(os.DirFS("testdata/sound"))
	if err != nil {
		fmt.Println(err) // one line for each mistake: "file:line: what; mend"
		return
	}
	for _, l := range course.Lessons {
		fmt.Printf("%s, %d pages, %d questions\n", l.ID, len(l.Pages), len(l.Questions()))
	}
	p := &lessons.Predict{Options: []lessons.Outcome{
		{When: map[string]string{"last(server)": "Certificate"}},
		{When: map[string]string{"last(server)": "Finished", "alert(client)": "any"}},
	}}
	run := map[string]string{"last(server)": "Finished", "alert(client)": "bad_certificate"}
	fmt.Println(p.Judge(func(path string) (string, bool) { value, ok := run[path]; return value, ok }))
	// Output:
	// A1, 6 pages, 6 questions
	// B1, 6 pages, 6 questions
	// [1]
}
