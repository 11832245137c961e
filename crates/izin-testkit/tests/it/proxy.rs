//! A network that fails as it is told to.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use izin_testkit::postgres::{self, Proxy, Server};

/// A server that answers what it is sent, in capitals; what each connection sent until its end.
fn echo() -> (u16, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("its address").port();
    let (sender, receiver) = channel();
    drop(std::thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            let sender = sender.clone();
            drop(std::thread::spawn(move || {
                let (mut all, mut buffer) = (Vec::new(), [0; 64]);
                while let Ok(length @ 1..) = client.read(&mut buffer) {
                    let piece = &buffer[..length];
                    all.extend_from_slice(piece);
                    drop(client.write_all(&piece.to_ascii_uppercase()));
                }
                drop(sender.send(String::from_utf8_lossy(&all).into_owned()));
            }));
        }
    }));
    (port, receiver)
}

fn connect(proxy: &Proxy) -> TcpStream {
    TcpStream::connect(("127.0.0.1", proxy.port())).expect("a connection")
}

fn say(client: &mut TcpStream, word: &str) {
    client.write_all(word.as_bytes()).expect("bytes are taken");
}

fn hear(client: &mut TcpStream, length: usize) -> String {
    let mut heard = vec![0; length];
    client.read_exact(&mut heard).expect("an answer");
    String::from_utf8_lossy(&heard).into_owned()
}

fn ask(client: &mut TcpStream, word: &str) -> String {
    say(client, word);
    hear(client, word.len())
}

#[test]
fn a_cut_line_ends_every_connection_and_refuses_new_ones() {
    let (port, sent) = echo();
    let proxy = Proxy::to(port);
    let mut client = connect(&proxy);
    assert_eq!(ask(&mut client, "one"), "ONE");
    proxy.cut();
    assert!(matches!(client.read(&mut [0]), Ok(0) | Err(_)));
    assert_eq!(sent.recv().expect("the server's side ended"), "one");
    let refused = TcpStream::connect(("127.0.0.1", proxy.port())).expect_err("nobody listens");
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    assert_eq!(proxy.connections(), 0);
    proxy.mend();
    assert_eq!(ask(&mut connect(&proxy), "two"), "TWO");
}

#[test]
fn a_frozen_line_takes_bytes_and_delivers_none_before_it_is_mended() {
    let (port, _sent) = echo();
    let proxy = Proxy::to(port);
    let mut client = connect(&proxy);
    assert_eq!(ask(&mut client, "one"), "ONE");
    proxy.freeze();
    say(&mut client, "two");
    let patience = Some(Duration::from_millis(50));
    client.set_read_timeout(patience).expect("a timeout");
    let silence = client.read(&mut [0]).expect_err("neither answer nor end");
    assert!(matches!(
        silence.kind(),
        ErrorKind::WouldBlock | ErrorKind::TimedOut
    ));
    client.set_read_timeout(None).expect("no timeout");
    proxy.mend();
    assert_eq!(hear(&mut client, 3), "TWO");
}

#[test]
fn what_waits_on_a_frozen_line_is_lost_when_it_is_cut() {
    let (port, sent) = echo();
    let proxy = Proxy::to(port);
    let mut client = connect(&proxy);
    assert_eq!(ask(&mut client, "one"), "ONE");
    proxy.freeze();
    say(&mut client, "two");
    proxy.cut();
    assert_eq!(sent.recv().expect("the server's side ended"), "one");
}

#[test]
fn further_connections_go_where_it_is_aimed() {
    let (first, _sent) = echo();
    let proxy = Proxy::to(first);
    let mut stays = connect(&proxy);
    assert_eq!(ask(&mut stays, "one"), "ONE");
    let (second, sent) = echo();
    proxy.aim(second);
    let mut goes = connect(&proxy);
    assert_eq!(ask(&mut goes, "two"), "TWO");
    assert_eq!(ask(&mut stays, "six"), "SIX");
    drop(goes);
    assert_eq!(sent.recv().expect("its connection ended"), "two");
}

#[test]
fn each_direction_is_late_by_its_own_delay() {
    let (port, _sent) = echo();
    let proxy = Proxy::to(port);
    let mut client = connect(&proxy);
    let (there, back) = (Duration::from_millis(30), Duration::from_millis(20));
    proxy.delay(there, back);
    let started = Instant::now();
    assert_eq!(ask(&mut client, "one"), "ONE");
    assert!(started.elapsed() >= there + back);
}

#[test]
fn a_server_is_reached_through_it_until_it_is_cut() {
    if postgres::is_missing() {
        return;
    }
    let server = Server::shared();
    let database = server.database();
    let proxy = Proxy::to(server.port());
    assert_eq!(
        database.run_at(proxy.port(), "select 1"),
        Ok("1".to_owned())
    );
    proxy.cut();
    let refused = database.run_at(proxy.port(), "select 1");
    let refused = refused.expect_err("nobody listens");
    assert!(refused.contains("Connection refused"), "{refused}");
}
