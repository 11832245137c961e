//! What an answer over HTTP costs the server, alone and in batches, beside stubs: of a question, one
//! that reads the same JSON and writes the same answer without looking anybody up; of a batch, one that
//! gives back bytes.
//!
//! Costs are seconds of a core that the process spends besides its client: on a machine with few
//! cores, a rate by the clock would measure the client as well. Both are asked by turns, over
//! connections that stay open.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use izin_app::App;
use izin_app::door::{self, Role};
use serde_json::json;
use tokio::net::TcpListener;

use super::client::{Call, Connection, post};
use super::decide::{cpu, middle};
use super::population::{Dice, Population};
use super::{Better, Figure, stub};

/// Connections that stay open.
const CONNECTIONS: usize = 16;
/// Rounds of all by turns, of which the middle one counts.
const ROUNDS: usize = 5;
/// Single questions in one round, on each connection.
const SINGLE: usize = 1_500;
/// Questions in one batch.
const BATCH: usize = 1_000;
/// Batches in one round, over one connection.
const BATCHES: usize = 60;
/// Seconds in a tick of `/proc/self/stat`.
const TICK_SECONDS: f64 = 0.01;

/// Runs the bench over an application that knows nobody yet.
pub(super) async fn run(app: &Arc<App>, people: u64) -> anyhow::Result<Vec<Figure>> {
    Population::new(app.store.hasher().clone())?.fill(&app.gate, people)?;
    let key = door::add(app, "bench", Role::Sender).await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let server = listener.local_addr()?;
    let serving = izin_web::serve(app.clone(), listener, std::future::pending());
    izin_app::supervisor::start("server", async move { drop(serving.await) });
    let calls = Calls { server, key };
    let (single, batch, octets) = (
        calls.single(people),
        calls.batch(people),
        calls.octets(people),
    );
    let stub_single = to_stub(&single, stub::of_question).await?;
    let stub_batch = to_stub(&batch, stub::of_bytes).await?;
    let measured = tokio::task::spawn_blocking(move || {
        let mut costs: [Vec<f64>; 5] = Default::default();
        for _ in 0..ROUNDS {
            costs[0].push(alone(&single)?);
            costs[1].push(alone(&stub_single)?);
            costs[2].push(together(&batch)?);
            costs[3].push(together(&stub_batch)?);
            costs[4].push(together(&octets)?);
        }
        anyhow::Ok(costs.map(middle))
    });
    Ok(figures(measured.await??))
}

fn figures([single, stub_single, batch, stub_batch, octets]: [f64; 5]) -> Vec<Figure> {
    let rate = |name, cost: f64| Figure::new(name, 1.0 / cost, "per CPU second");
    let ratio = |name, value, peer| {
        Figure::new(name, value, "ratio")
            .better(Better::Higher)
            .peer(peer)
    };
    let stub = "a stub with the same body and answer";
    vec![
        rate("http_single", single),
        rate("peer_stub_single", stub_single),
        ratio("http_single_of_stub", stub_single / single, stub)
            .must(0.85)
            .bold(0.93),
        rate("json_batch_rows", batch),
        rate("peer_stub_batch_rows", stub_batch),
        ratio("json_batch_of_stub", stub_batch / batch, stub),
        ratio(
            "json_rows_in_stub_posts",
            stub_single / batch,
            "single posts to the stub",
        )
        .must(4.4)
        .bold(11.0),
        rate("binary_batch_rows", octets),
        ratio("binary_of_json_batch", batch / octets, "the JSON batch")
            .must(3.0)
            .bold(6.0),
    ]
}

/// What is asked of the server.
struct Calls {
    server: SocketAddr,
    key: String,
}

impl Calls {
    fn single(&self, people: u64) -> Call {
        let body = question(people / 2).to_string();
        self.post("/v1/decisions", "application/json", body.as_bytes())
    }

    fn batch(&self, people: u64) -> Call {
        let mut dice = Dice::of(people, 31);
        let requests: Vec<_> = (0..BATCH).map(|_| question(dice.below(people))).collect();
        let body = json!({ "requests": requests }).to_string();
        self.post("/v1/decisions/batch", "application/json", body.as_bytes())
    }

    fn octets(&self, people: u64) -> Call {
        let mut dice = Dice::of(people, 31);
        let ids = (0..BATCH).map(|_| Population::subject(dice.below(people)));
        let body: Vec<u8> = ids.flat_map(|id| *id.as_bytes()).collect();
        let path = "/v1/decisions/batch?channel=email&purpose=marketing";
        self.post(path, "application/octet-stream", &body)
    }

    fn post(&self, path: &str, kind: &str, body: &[u8]) -> Call {
        Call {
            server: self.server,
            request: post(path, (Some(&self.key), kind), body),
        }
    }
}

fn question(person: u64) -> serde_json::Value {
    let email = Population::address(person);
    json!({ "subject": { "email": email }, "channel": "email", "purpose": "marketing" })
}

/// The same question to a server that gives the same answer without knowing anybody.
async fn to_stub<S>(call: &Call, stub: impl FnOnce(Vec<u8>) -> S) -> anyhow::Result<Call>
where
    S: Future<Output = anyhow::Result<SocketAddr>>,
{
    let (server, request) = (call.server, call.request.clone());
    let asked = move || Connection::to(server)?.ask(&request);
    let answer = tokio::task::spawn_blocking(asked).await??;
    Ok(Call {
        server: stub(answer).await?,
        request: call.request.clone(),
    })
}

/// What one answer costs the server, with a question under way on each connection.
fn alone(call: &Call) -> anyhow::Result<f64> {
    let connections = (0..CONNECTIONS).map(|_| Connection::to(call.server));
    let mut connections = connections.collect::<Result<Vec<_>, _>>()?;
    let began = server_cpu()?;
    for _ in 0..SINGLE {
        for own in &mut connections {
            own.send(&call.request)?;
        }
        for own in &mut connections {
            own.read_answer()?;
        }
    }
    Ok((server_cpu()? - began) / (SINGLE * CONNECTIONS) as f64)
}

/// What one row of a batch costs the server.
fn together(call: &Call) -> anyhow::Result<f64> {
    let mut connection = Connection::to(call.server)?;
    let began = server_cpu()?;
    for _ in 0..BATCHES {
        connection.ask(&call.request)?;
    }
    Ok((server_cpu()? - began) / (BATCHES * BATCH) as f64)
}

/// Seconds that this process has had of all cores, without this thread's own.
fn server_cpu() -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let (_, fields) = stat.rsplit_once(')').context("no name in stat")?;
    let ticks = fields
        .split_whitespace()
        .skip(11)
        .take(2)
        .map(str::parse::<f64>);
    let ticks: f64 = ticks.sum::<Result<f64, _>>()?;
    Ok(ticks * TICK_SECONDS - cpu()?)
}
