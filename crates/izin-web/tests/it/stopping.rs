//! The server is told to stop, or its client hangs up: what was sent counts all the same.

use std::future::ready;
use std::sync::Arc;

use izin_core::{Identifier, Reason};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::shop::Shop;

const PEOPLE: usize = 20;

fn person(number: usize) -> String {
    format!("p{number}@example.com")
}

/// An opt-out as it goes over the wire.
fn opt_out(shop: &Shop, number: usize) -> String {
    let subject = json!({"email": person(number)});
    let body = json!({"subject": subject, "act": "optout", "channel": "email"}).to_string();
    format!(
        "POST /v1/acts HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        shop.sender,
        body.len()
    )
}

async fn listening() -> (TcpListener, std::net::SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// Everybody whose no is not in effect.
fn unheard(shop: &Shop) -> Vec<usize> {
    let is_refused = |number: &usize| {
        let identifier = Identifier::email(&person(*number)).unwrap();
        let now = shop.app.clock.now();
        let mut refusals = shop.app.gate.suppressions(&identifier).into_iter();
        refusals.any(|own| own.reason(now) == Reason::OptedOutChannel)
    };
    (0..PEOPLE).filter(|number| !is_refused(number)).collect()
}

#[tokio::test]
async fn what_waits_to_be_taken_when_the_server_is_told_to_stop_is_served() {
    let shop = Shop::open().await;
    let (listener, address) = listening().await;
    let mut clients = Vec::new();
    for number in 0..PEOPLE {
        let mut client = TcpStream::connect(address).await.unwrap();
        let post = opt_out(&shop, number);
        client.write_all(post.as_bytes()).await.unwrap();
        clients.push(client);
    }
    let served = izin_web::serve(Arc::clone(&shop.app), listener, ready(()));
    served.await.unwrap();
    assert_eq!(unheard(&shop), [0; 0]);
    for mut client in clients {
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    }
}

#[tokio::test]
async fn what_lies_unread_on_an_open_connection_when_the_server_is_told_to_stop_is_served() {
    let shop = Shop::open().await;
    let (listener, address) = listening().await;
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = izin_web::serve(Arc::clone(&shop.app), listener, async {
        stopped.await.unwrap();
    });
    let talking = async {
        let mut client = TcpStream::connect(address).await.unwrap();
        let mut answer = [0; 12];
        client
            .write_all(opt_out(&shop, 0).as_bytes())
            .await
            .unwrap();
        client.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 200");
        let rest: String = (1..PEOPLE).map(|number| opt_out(&shop, number)).collect();
        client.write_all(rest.as_bytes()).await.unwrap();
        stop.send(()).unwrap();
        let mut answers = String::new();
        client.read_to_string(&mut answers).await.unwrap();
        assert_eq!(answers.matches("HTTP/1.1 200 ").count(), PEOPLE - 1);
    };
    let (served, ()) = tokio::join!(serving, talking);
    served.unwrap();
    assert_eq!(unheard(&shop), [0; 0]);
}

#[tokio::test]
async fn posts_one_behind_the_other_count_though_their_sender_hangs_up() {
    let shop = Shop::open().await;
    let (listener, address) = listening().await;
    let mut client = TcpStream::connect(address).await.unwrap();
    let posts: String = (0..PEOPLE).map(|number| opt_out(&shop, number)).collect();
    client.write_all(posts.as_bytes()).await.unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = izin_web::serve(Arc::clone(&shop.app), listener, async {
        stopped.await.unwrap();
    });
    let talking = async {
        let mut answer = [0; 12];
        client.read_exact(&mut answer).await.unwrap();
        // Closed with answers unread, so that the server's next words are turned away.
        drop(client);
        stop.send(()).unwrap();
    };
    let (served, ()) = tokio::join!(serving, talking);
    served.unwrap();
    assert_eq!(unheard(&shop), [0; 0]);
}

#[tokio::test]
async fn an_idle_connection_does_not_hold_a_server_that_stops() {
    let shop = Shop::open().await;
    let (listener, address) = listening().await;
    let mut idle = TcpStream::connect(address).await.unwrap();
    let began = tokio::time::Instant::now();
    let served = izin_web::serve(Arc::clone(&shop.app), listener, ready(()));
    served.await.unwrap();
    assert!(began.elapsed().as_secs() < 5, "it waited for nothing");
    assert_eq!(idle.read(&mut [0]).await.unwrap(), 0);
}
