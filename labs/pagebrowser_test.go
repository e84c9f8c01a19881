package labs

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// A browser is a Chromium without a window, told what to do over two pipes: each
// message is JSON, and ends in a zero byte (the Chrome DevTools Protocol).
type browser struct {
	t       *testing.T
	in      io.WriteCloser
	out     *bufio.Reader
	session string
	id      int
	noise   []string // what it complained of, and what it fetched
}

// newBrowser starts a browser with one empty page. Where there is none the test
// says so and is over; with TLSTUTOR_PEERS=require it fails.
func newBrowser(t *testing.T) *browser {
	t.Helper()
	var program string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil && runtime.GOOS != "windows" { // which has no numbered pipes
			program = path
			break
		}
	}
	if program == "" {
		if os.Getenv("TLSTUTOR_PEERS") == "require" {
			t.Fatal("no Chromium on this machine, and TLSTUTOR_PEERS=require")
		}
		t.Log("no Chromium on this machine: nobody opens the page")
		return nil
	}
	home, err := os.MkdirTemp("", "page")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	c := exec.CommandContext(ctx, program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
		"--no-first-run", "--user-data-dir="+filepath.Join(home, "profile"), "--remote-debugging-pipe", "about:blank")
	c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "TMPDIR=" + home, "LANG=C.UTF-8"}
	c.WaitDelay = 5 * time.Second
	theirIn, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	out, theirOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	c.ExtraFiles = []*os.File{theirIn, theirOut}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	theirIn.Close()
	theirOut.Close()
	b := &browser{t: t, in: in, out: bufio.NewReader(out)}
	t.Cleanup(func() {
		fmt.Fprint(in, `{"id":999999,"method":"Browser.close"}`+"\x00")
		in.Close()
		io.Copy(io.Discard, b.out)
		c.Wait()
		out.Close()
		cancel()
		// Its helpers may still be writing when it has gone.
		for end := time.Now().Add(10 * time.Second); os.RemoveAll(home) != nil && time.Now().Before(end); {
			runtime.Gosched()
		}
	})
	var target struct{ TargetID, SessionID string }
	b.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	b.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &target)
	b.session = target.SessionID
	for _, domain := range []string{"Page", "Log", "Runtime", "Network"} {
		b.call(domain+".enable", nil, nil)
	}
	return b
}

// call asks the browser for one thing, and reads its answer.
func (b *browser) call(method string, params map[string]any, into any) {
	b.t.Helper()
	b.id++
	msg := map[string]any{"id": b.id, "method": method}
	if params != nil {
		msg["params"] = params
	}
	if b.session != "" {
		msg["sessionId"] = b.session
	}
	data, err := json.Marshal(msg)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.in.Write(append(data, 0)); err != nil {
		b.t.Fatalf("%s: %v", method, err)
	}
	for {
		line, err := b.out.ReadBytes(0)
		if err != nil {
			b.t.Fatalf("%s: the browser has gone: %v", method, err)
		}
		var got struct {
			ID     int
			Method string
			Result json.RawMessage
			Error  *struct{ Message string }
			Params json.RawMessage
		}
		if err := json.Unmarshal(line[:len(line)-1], &got); err != nil {
			b.t.Fatal(err)
		}
		switch {
		case got.Method == "Log.entryAdded" || got.Method == "Runtime.exceptionThrown" || got.Method == "Network.requestWillBeSent":
			b.noise = append(b.noise, got.Method+" "+string(got.Params))
		case got.ID != b.id:
		case got.Error != nil:
			b.t.Fatalf("%s: %s", method, got.Error.Message)
		default:
			if into != nil {
				if err := json.Unmarshal(got.Result, into); err != nil {
					b.t.Fatalf("%s: %v", method, err)
				}
			}
			return
		}
	}
}

// open shows a file, and waits until it is there.
func (b *browser) open(name string) {
	b.t.Helper()
	b.call("Page.navigate", map[string]any{"url": "file://" + name}, nil)
	for b.eval(`document.readyState`) != "complete" { // a promise would need the page's scripts
	}
}

// eval returns what an expression is, as text.
func (b *browser) eval(js string) string {
	b.t.Helper()
	var got struct {
		Result           struct{ Value any }
		ExceptionDetails *struct{ Exception struct{ Description string } }
	}
	b.call("Runtime.evaluate", map[string]any{"expression": js, "awaitPromise": true, "returnByValue": true}, &got)
	if got.ExceptionDetails != nil {
		b.t.Fatalf("%s: %s", js, got.ExceptionDetails.Exception.Description)
	}
	return fmt.Sprint(got.Result.Value)
}

// press presses keys, by the names that scripts know them by.
func (b *browser) press(keys ...string) {
	b.t.Helper()
	codes := map[string]int{"Tab": 9, "Enter": 13, "Escape": 27, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40, "End": 35, "Home": 36}
	for _, k := range keys {
		event := map[string]any{"type": "keyDown", "key": k, "code": k, "windowsVirtualKeyCode": codes[k]}
		switch {
		case k == "Enter":
			event["text"] = "\r"
		case len(k) == 1:
			event["text"] = k
		}
		b.call("Input.dispatchKeyEvent", event, nil)
		b.call("Input.dispatchKeyEvent", map[string]any{"type": "keyUp", "key": k, "code": k, "windowsVirtualKeyCode": codes[k]}, nil)
	}
}

// click clicks the middle of what an expression returns as "x y".
func (b *browser) click(js string) {
	b.t.Helper()
	var x, y float64
	if _, err := fmt.Sscan(b.eval(js), &x, &y); err != nil {
		b.t.Fatalf("%s: %v", js, err)
	}
	for _, kind := range []string{"mousePressed", "mouseReleased"} {
		b.call("Input.dispatchMouseEvent", map[string]any{"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1}, nil)
	}
	// A link is followed behind the click: what it leads to gets the focus.
	b.eval(`new Promise(done => { let left = 200; (function look() { --left && (left > 195 || document.activeElement === document.body) ? setTimeout(look, 10) : done('') })() })`)
}

// size makes the window w wide, and says whether it is dark.
func (b *browser) size(w, h int, dark bool) {
	b.t.Helper()
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": w, "height": h, "deviceScaleFactor": 1, "mobile": false}, nil)
	scheme := map[bool]string{false: "light", true: "dark"}[dark]
	b.call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]any{{"name": "prefers-color-scheme", "value": scheme}}}, nil)
}

// keep writes a picture of the window where CI keeps them.
func (b *browser) keep(name string) {
	b.t.Helper()
	dir := os.Getenv("TLSTUTOR_PICTURES")
	if dir == "" {
		return
	}
	var got struct{ Data string }
	if strings.HasSuffix(name, ".pdf") {
		b.call("Page.printToPDF", map[string]any{"preferCSSPageSize": true, "paperWidth": 8.27, "paperHeight": 11.69}, &got)
	} else {
		b.call("Page.captureScreenshot", map[string]any{"format": "png"}, &got)
	}
	data, err := base64.StdEncoding.DecodeString(got.Data)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "page-"+name), data, 0o644); err != nil {
		b.t.Fatal(err)
	}
}
