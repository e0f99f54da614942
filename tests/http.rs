//! The net/http client against servers of our own.
//!
//! Each test starts a server on a thread, runs a program that asks it, and looks at what the program printed. Connections are served one
//! after the other.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

/// A request as the server sees it.
struct Seen {
    line: String,
    header: Vec<String>,
    body: String,
}

impl Seen {
    fn path(&self) -> &str {
        self.line.split(' ').nth(1).unwrap_or("")
    }

    fn field(&self, name: &str) -> Option<&str> {
        let field = |line: &'_ String| {
            let (key, _) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then_some(())
        };
        self.header
            .iter()
            .find(|l| field(l).is_some())
            .map(|l| l[name.len() + 1..].trim())
    }
}

/// Reads a request; `None` at the end of the connection.
fn read_request(from: &mut BufReader<TcpStream>) -> Option<Seen> {
    let mut line = String::new();
    if from.read_line(&mut line).ok()? == 0 {
        return None;
    }
    let mut header = Vec::new();
    loop {
        let mut field = String::new();
        from.read_line(&mut field).ok()?;
        let field = field.trim_end().to_string();
        if field.is_empty() {
            break;
        }
        header.push(field);
    }
    let mut seen = Seen {
        line: line.trim_end().to_string(),
        header,
        body: String::new(),
    };
    let length = seen
        .field("content-length")
        .and_then(|n| n.parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    from.read_exact(&mut body).ok()?;
    seen.body = String::from_utf8(body).ok()?;
    Some(seen)
}

/// A server that answers every request by `answer`; gives its address and how many connections it has had.
fn serve(
    answer: impl Fn(&Seen, &mut TcpStream) + Send + Sync + 'static,
) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it has one").to_string();
    let connections = Arc::new(AtomicUsize::new(0));
    let (count, answer) = (connections.clone(), Arc::new(answer));
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            count.fetch_add(1, Ordering::Relaxed);
            let answer = answer.clone();
            thread::spawn(move || {
                let Ok(mut to) = stream.try_clone() else {
                    return;
                };
                let mut from = BufReader::new(stream);
                while let Some(seen) = read_request(&mut from) {
                    answer(&seen, &mut to);
                }
            });
        }
    });
    (address, connections)
}

fn ok(to: &mut TcpStream, body: &str) {
    // The client may have gone already.
    let _ = write!(
        to,
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nX-Test: yes\r\n\r\n{body}",
        body.len()
    );
}

/// Runs a program whose main has this body; `$URL` in it is the server's. Gives what it printed.
fn run(name: &str, imports: &str, address: &str, body: &str) -> String {
    let imports: String = imports
        .split_whitespace()
        .map(|i| format!("\t\"{i}\"\n"))
        .collect();
    let text = format!(
        "package main\n\nimport (\n{imports})\n\nfunc main() {{\n{}\n}}\n",
        body.replace("$URL", &format!("http://{address}"))
    );
    let path: PathBuf =
        std::env::temp_dir().join(format!("gol-http-{}-{name}.go", std::process::id()));
    std::fs::write(&path, text).expect("the temporary folder is writable");
    let child = Command::new(env!("CARGO_BIN_EXE_gol"))
        .args(["run".as_ref(), path.as_os_str()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("gol starts");
    let id = child.id();
    let (done, finished) = mpsc::channel();
    thread::spawn(move || done.send(child.wait_with_output()));
    let Ok(output) = finished.recv_timeout(Duration::from_secs(60)) else {
        // Nobody is left to wait for it.
        let _ = Command::new("kill").arg(id.to_string()).status();
        panic!("{name} hangs");
    };
    let output = output.expect("gol ends");
    let _ = std::fs::remove_file(&path);
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{name}: {out}{err}");
    out.into_owned()
}

const GET: &str = "
	resp, err := http.Get(\"$URL/hello?x=1\")
	if err != nil {
		panic(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	fmt.Println(resp.Status, resp.StatusCode, resp.Proto, resp.ContentLength, resp.Header.Get(\"x-test\"))
	fmt.Println(string(body), err == nil)";

#[test]
fn get() {
    let (address, _) = serve(|seen, to| {
        ok(
            to,
            &format!(
                "{}, {:?}",
                seen.path(),
                seen.field("user-agent").unwrap_or("none")
            ),
        );
    });
    let out = run("get", "fmt io net/http", &address, GET);
    assert_eq!(
        out,
        "200 OK 200 HTTP/1.1 32 yes\n/hello?x=1, \"Go-http-client/1.1\" true\n"
    );
}

#[test]
fn post_form_and_headers() {
    let (address, _) = serve(|seen, to| {
        let auth = seen.field("authorization").unwrap_or("none");
        ok(
            to,
            &format!(
                "{} {} {} {}",
                seen.line,
                seen.field("content-type").unwrap_or("none"),
                seen.body,
                auth
            ),
        );
    });
    let out = run(
        "post",
        "fmt io net/http net/url strings",
        &address,
        "
	resp, err := http.PostForm(\"$URL/f\", url.Values{\"b\": {\"2 x\"}, \"a\": {\"1\"}})
	if err != nil {
		panic(err)
	}
	body, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	fmt.Println(string(body))
	req, _ := http.NewRequest(\"PUT\", \"$URL/p\", strings.NewReader(\"data\"))
	req.SetBasicAuth(\"user\", \"pass\")
	req.Header.Set(\"content-type\", \"text/plain\")
	resp, err = http.DefaultClient.Do(req)
	if err != nil {
		panic(err)
	}
	body, _ = io.ReadAll(resp.Body)
	resp.Body.Close()
	fmt.Println(string(body))",
    );
    let expected = "POST /f HTTP/1.1 application/x-www-form-urlencoded a=1&b=2+x none\nPUT /p HTTP/1.1 text/plain data Basic dXNlcjpwYXNz\n";
    assert_eq!(out, expected);
}

#[test]
fn connections_are_kept() {
    let (address, connections) = serve(|seen, to| match seen.path() {
        "/none" => {
            let _ = write!(to, "HTTP/1.1 204 No Content\r\n\r\n");
        }
        path => ok(to, path),
    });
    let out = run(
        "keep",
        "fmt io net/http",
        &address,
        "
	for _, path := range []string{\"/a\", \"/none\", \"/b\", \"/c\"} {
		resp, err := http.Get(\"$URL\" + path)
		if err != nil {
			panic(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		fmt.Println(resp.StatusCode, string(body))
	}
	resp, err := http.Head(\"$URL/head\")
	fmt.Println(err == nil && resp.ContentLength > 0)",
    );
    assert_eq!(out, "200 /a\n204 \n200 /b\n200 /c\ntrue\n");
    // HEAD gets a body it must not have, so the number of connections after it is no matter.
    assert!(
        connections.load(Ordering::Relaxed) <= 2,
        "{connections:?} connections"
    );
}

#[test]
fn redirects() {
    let (address, _) = serve(|seen, to| match seen.path() {
        "/end" => ok(
            to,
            &format!("{} {}", seen.line, seen.field("referer").is_some()),
        ),
        "/loop" => {
            let _ = write!(
                to,
                "HTTP/1.1 302 Found\r\nLocation: /loop\r\nContent-Length: 0\r\n\r\n"
            );
        }
        "/keep" => {
            let _ = write!(
                to,
                "HTTP/1.1 307 Temporary Redirect\r\nLocation: /echo\r\nContent-Length: 0\r\n\r\n"
            );
        }
        "/echo" => ok(to, &format!("{} {}", seen.line, seen.body)),
        _ => {
            let _ = write!(
                to,
                "HTTP/1.1 302 Found\r\nLocation: end\r\nContent-Length: 2\r\n\r\nno"
            );
        }
    });
    let out = run(
        "redirect",
        "fmt io net/http strings",
        &address,
        "
	show := func(resp *http.Response, err error) {
		if err != nil {
			fmt.Println(strings.ReplaceAll(err.Error(), \"$URL\", \"\"))
			return
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		fmt.Println(resp.StatusCode, string(body), resp.Request.URL.Path)
	}
	show(http.Get(\"$URL/start\"))
	show(http.Post(\"$URL/start\", \"text/plain\", strings.NewReader(\"x\")))
	show(http.Post(\"$URL/keep\", \"text/plain\", strings.NewReader(\"again\")))
	show(http.Get(\"$URL/loop\"))
	c := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	show(c.Get(\"$URL/start\"))",
    );
    let expected = "200 GET /end HTTP/1.1 true /end\n200 GET /end HTTP/1.1 true /end\n200 POST /echo HTTP/1.1 again /echo\n\
                    Get \"/loop\": stopped after 10 redirects\n302 no /start\n";
    assert_eq!(out, expected);
}

#[test]
fn bodies_stream() {
    let (address, _) = serve(|_, to| {
        let _ = write!(to, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        for word in ["one\n", "two\n", "three\n"] {
            let _ = write!(to, "{:x}\r\n{word}\r\n", word.len());
            let _ = to.flush();
            thread::sleep(Duration::from_millis(50));
        }
        let _ = write!(to, "0\r\n\r\n");
    });
    let out = run(
        "stream",
        "bufio fmt net/http",
        &address,
        "
	resp, err := http.Get(\"$URL\")
	if err != nil {
		panic(err)
	}
	defer resp.Body.Close()
	fmt.Println(resp.ContentLength, resp.TransferEncoding)
	sc := bufio.NewScanner(resp.Body)
	for sc.Scan() {
		fmt.Println(sc.Text())
	}",
    );
    assert_eq!(out, "-1 [chunked]\none\ntwo\nthree\n");
}

/// A server that answers, if at all, much later than anybody wants to wait.
fn slow() -> String {
    serve(|seen, to| {
        if seen.path() == "/body" {
            let _ = write!(to, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
        }
        thread::sleep(Duration::from_secs(20));
    })
    .0
}

#[test]
fn timeouts_and_cancellation_are_prompt() {
    let start = Instant::now();
    let out = run(
        "slow",
        "context errors fmt io net/http net/url os strings time",
        &slow(),
        "
	show := func(err error) {
		var e *url.Error
		timeout := errors.As(err, &e) && e.Timeout()
		fmt.Println(strings.ReplaceAll(err.Error(), \"$URL\", \"\"), timeout, os.IsTimeout(err))
	}
	c := &http.Client{Timeout: 100 * time.Millisecond}
	_, err := c.Get(\"$URL/x\")
	show(err)
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(50*time.Millisecond, cancel)
	req, _ := http.NewRequestWithContext(ctx, \"GET\", \"$URL/y\", nil)
	_, err = http.DefaultClient.Do(req)
	show(err)
	fmt.Println(errors.Is(err, context.Canceled))
	resp, err := c.Get(\"$URL/body\")
	if err != nil {
		panic(err)
	}
	body, err := io.ReadAll(resp.Body)
	fmt.Println(string(body), err.Error())
	ctx, cancel = context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	req, _ = http.NewRequestWithContext(ctx, \"GET\", \"$URL/z\", nil)
	_, err = http.DefaultClient.Do(req)
	fmt.Println(errors.Is(err, context.DeadlineExceeded))",
    );
    let expected = "Get \"/x\": context deadline exceeded (Client.Timeout exceeded while awaiting headers) true true\n\
                    Get \"/y\": context canceled false false\ntrue\n\
                    abc context deadline exceeded (Client.Timeout or context cancellation while reading body)\ntrue\n";
    assert_eq!(out, expected);
    assert!(
        start.elapsed() < Duration::from_secs(10),
        "took {:?}",
        start.elapsed()
    );
}

#[test]
fn failures_are_worded_as_gos() {
    let closed = TcpListener::bind("127.0.0.1:0")
        .and_then(|l| l.local_addr())
        .expect("a free port")
        .to_string();
    let out = run(
        "fail",
        "fmt net/http",
        &closed,
        "
	show := func(_ *http.Response, err error) { fmt.Println(err.Error()) }
	show(http.Get(\"$URL/\"))
	show(http.Get(\"ftp://x/\"))
	show(http.Get(\"http://\"))
	show(http.Get(\"http://a b/\"))
	_, err := http.NewRequest(\"BAD METHOD\", \"http://x/\", nil)
	fmt.Println(err.Error())",
    );
    let expected = format!(
        "Get \"http://{closed}/\": dial tcp {closed}: connect: connection refused\n\
         Get \"ftp://x/\": unsupported protocol scheme \"ftp\"\n\
         Get \"http:\": http: no Host in request URL\n\
         parse \"http://a b/\": invalid character \" \" in host name\n\
         net/http: invalid method \"BAD METHOD\"\n"
    );
    assert_eq!(out, expected);
    let hung_up = serve(|_, to| {
        let _ = to.shutdown(std::net::Shutdown::Both);
    });
    let out = run(
        "eof",
        "fmt net/http",
        &hung_up.0,
        "\n\t_, err := http.Get(\"$URL/\")\n\tfmt.Println(err.Error())",
    );
    assert_eq!(out, format!("Get \"http://{}/\": EOF\n", hung_up.0));
}

#[test]
fn many_goroutines_at_once() {
    let (address, _) = serve(|seen, to| {
        thread::sleep(Duration::from_millis(100));
        ok(to, seen.path());
    });
    let start = Instant::now();
    let out = run(
        "many",
        "fmt io net/http sync",
        &address,
        "
	var wg sync.WaitGroup
	results := make(chan int, 20)
	for i := range 20 {
		wg.Go(func() {
			resp, err := http.Get(fmt.Sprintf(\"$URL/%d\", i))
			if err != nil {
				panic(err)
			}
			defer resp.Body.Close()
			body, _ := io.ReadAll(resp.Body)
			results <- len(body)
		})
	}
	wg.Wait()
	close(results)
	sum := 0
	for n := range results {
		sum += n
	}
	fmt.Println(sum)",
    );
    assert_eq!(out, "50\n");
    assert!(
        start.elapsed() < Duration::from_secs(5),
        "took {:?}: one after the other",
        start.elapsed()
    );
}
