//! Clients that send a byte at a time: each is cut off, and holds no connection for longer than it may.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use server::worker::stop_pair;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::support::{Kind, TestApp};

/// Sends a byte, pauses, sends the next, until the server has enough; gives what it answered and after how long.
async fn drip(address: SocketAddr, begin: &str, bytes: &str, pause: Duration) -> (String, Duration) {
    let began = Instant::now();
    let (mut answers, mut client) = TcpStream::connect(address).await.unwrap().into_split();
    let begin = begin.to_owned();
    let bytes = bytes.to_owned();
    let sending = tokio::spawn(async move {
        let _ended = client.write_all(begin.as_bytes()).await;
        for byte in bytes.bytes().cycle() {
            if client.write_all(&[byte]).await.is_err() {
                break;
            }
            tokio::time::sleep(pause).await;
        }
    });
    let mut answer = Vec::new();
    let reading = answers.read_to_end(&mut answer);
    let ended = tokio::time::timeout(Duration::from_secs(50), reading).await;
    sending.abort();
    // A connection that is closed while bytes are under way ends with an error, and as well.
    assert!(ended.is_ok(), "the server still listens after fifty seconds");
    (String::from_utf8_lossy(&answer).into_owned(), began.elapsed())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_sends_a_byte_at_a_time_is_cut_off() {
    let app = TestApp::new(Kind::Sqlite).await;
    let (stopper, stop) = stop_pair();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(server::http::serve(listener, app.routes(), stop));
    let post = format!(
        "POST /act/sign_in HTTP/1.1\r\nhost: {address}\r\norigin: http://{address}\r\nsec-fetch-site: same-origin\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: 900\r\n\r\n"
    );
    let second = Duration::from_secs(1);
    let (head, body, pausing) = tokio::join!(
        drip(address, "GET / HTTP/1.1\r\nx: ", "a", second),
        drip(address, &post, "a", second),
        drip(address, &post, "a", 15 * second),
    );
    assert!(
        head.0.is_empty() || head.0.starts_with("HTTP/1.1 408"),
        "{}",
        head.0
    );
    assert!(head.1 < 25 * second, "a slow head was borne for {:?}", head.1);
    for (what, (answer, took), most) in [("slow", body, 35), ("pausing", pausing, 15)] {
        let status = answer.split(' ').nth(1).unwrap_or_default().to_owned();
        assert!(
            ["", "400", "408", "413", "503"].contains(&status.as_str()),
            "a {what} body: {answer}"
        );
        assert!(took < most * second, "a {what} body was borne for {took:?}");
    }
    stopper.stop();
    serving.await.unwrap();
}
