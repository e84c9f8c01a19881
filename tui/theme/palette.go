package theme

// A palette is the colours of a theme, named by what they mean: "#rrggbb", or
// the number of one of the terminal's sixteen, or "" for the one that it writes
// with anyway.
type palette struct {
	text, dim, strong, border             string
	client, server                        string
	clear, handshake, application         string
	good, bad, changed                    string
	barText, bar, heldText, held, tapText string
	tap                                   string
}

// palettes are the colours of the themes: exact ones, or the sixteen that a
// terminal has of its own.
func palettes(few bool) map[Name]palette {
	if few {
		return sixteen
	}
	return exact
}

var exact = map[Name]palette{
	Dark: {
		text: "#d4d4d4", dim: "#9a9ab0", strong: "#ffffff", border: "#5c5c74",
		client: "#6cc7f5", server: "#c39bf5",
		clear: "#f2b05e", handshake: "#5fd7bd", application: "#9bd869",
		good: "#9bd869", bad: "#ff7a90", changed: "#f2b05e",
		barText: "#ffffff", bar: "#454f9c", heldText: "#141418", held: "#f2b05e", tapText: "#141418", tap: "#ff7a90",
	},
	Light: {
		text: "#262626", dim: "#5e5e6e", strong: "#000000", border: "#9a9aa8",
		client: "#005f9e", server: "#7a2fb5",
		clear: "#8a4b00", handshake: "#00665a", application: "#2f6b00",
		good: "#2f6b00", bad: "#b5002d", changed: "#8a4b00",
		barText: "#ffffff", bar: "#3a4390", heldText: "#ffffff", held: "#8a4b00", tapText: "#ffffff", tap: "#b5002d",
	},
	Stage: {
		text: "#f5f5f5", dim: "#d0d0dc", strong: "#ffffff", border: "#a8a8b8",
		client: "#8fd8ff", server: "#dcc2ff",
		clear: "#ffc978", handshake: "#7df0d8", application: "#b8f08a",
		good: "#b8f08a", bad: "#ffa5b4", changed: "#ffc978",
		barText: "#ffffff", bar: "#2a2f78", heldText: "#000000", held: "#ffc978", tapText: "#000000", tap: "#ffa5b4",
	},
}

// sixteen are the colours where the terminal has sixteen. What they look like is
// the terminal's choice: blue is as good as black on the Linux console, bright
// black is the background in some palettes, and yellow is lost on white. So text
// and bars take none, and the rest are those that can be read in most.
var sixteen = map[Name]palette{
	Dark: {
		border: "8", client: "6", server: "5",
		clear: "3", handshake: "6", application: "2",
		good: "2", bad: "9", changed: "3", held: "3", tap: "9",
	},
	Light: {
		border: "8", client: "4", server: "5",
		clear: "5", handshake: "4",
		good: "4", bad: "1", changed: "5", held: "5", tap: "1",
	},
	Stage: {
		client: "14", server: "13",
		clear: "11", handshake: "14", application: "10",
		good: "10", bad: "9", changed: "11", held: "11", tap: "9",
	},
}
