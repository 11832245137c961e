//! The network between a client and its server, with the faults that networks have.
//!
//! It forwards on threads, four for each connection and [`CONNECTIONS_MAX`] connections at most.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::{eventually, port};

/// Connections at a time; more than any pool that is tested. Further ones are hung up on.
const CONNECTIONS_MAX: usize = 128;
/// Pieces that wait on their way in each direction, of [`PIECE_BYTES`] each; then the sender waits.
const PIECES_MAX: usize = 64;
/// What is read at once.
const PIECE_BYTES: usize = 16 << 10;

/// A port of this machine that leads to another one; cut when dropped.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    line: Arc<Line>,
    /// Takes connections while the line is not cut.
    door: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug, Default)]
struct Line {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    target: u16,
    is_cut: bool,
    is_frozen: bool,
    to_server: Duration,
    to_client: Duration,
    connections: Vec<Arc<Connection>>,
}

#[derive(Debug)]
struct Connection {
    client: TcpStream,
    server: TcpStream,
    is_over: AtomicBool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    ToServer,
    ToClient,
}

/// Bytes on their way, and when they may arrive.
type Piece = (Instant, Vec<u8>);

impl Proxy {
    /// A proxy to a port of this machine.
    ///
    /// # Panics
    /// When it gets no port.
    #[must_use]
    pub fn to(target: u16) -> Self {
        let (listener, port) = port::listen();
        let proxy = Self {
            port,
            line: Arc::default(),
            door: Mutex::default(),
        };
        proxy.aim(target);
        proxy.open(listener);
        proxy
    }

    /// Where clients connect to.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Leads further connections to another port; those that are there stay where they are.
    pub fn aim(&self, target: u16) {
        self.line.change(|state| state.target = target);
    }

    /// Closes every connection on both sides, and refuses further ones. What was on its way is lost.
    pub fn cut(&self) {
        let connections = self.line.change(|state| {
            state.is_cut = true;
            std::mem::take(&mut state.connections)
        });
        for connection in connections {
            connection.end();
        }
        let door = self
            .door
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(door) = door {
            // It waits for a connection; this one tells it to look.
            drop(TcpStream::connect(("127.0.0.1", self.port)));
            door.join().expect("the door closes");
        }
        self.line.end_all();
    }

    /// Lets nothing through any more and says so to nobody: bytes are taken and wait.
    pub fn freeze(&self) {
        self.line.change(|state| state.is_frozen = true);
    }

    /// Undoes [`Proxy::cut`] and [`Proxy::freeze`]; what waited arrives, as a network delivers late.
    ///
    /// # Panics
    /// When the port cannot be had again.
    pub fn mend(&self) {
        let was_cut = self.line.change(|state| {
            state.is_frozen = false;
            std::mem::take(&mut state.is_cut)
        });
        if was_cut {
            let mut listener = None;
            eventually("the port is ours again", || {
                listener = TcpListener::bind(("127.0.0.1", self.port)).ok();
                listener.is_some()
            });
            self.open(listener.expect("the port"));
        }
    }

    /// Makes everything arrive so much later that is sent from now on.
    pub fn delay(&self, to_server: Duration, to_client: Duration) {
        self.line.change(|state| {
            state.to_server = to_server;
            state.to_client = to_client;
        });
    }

    /// How many connections are open.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.line.state().connections.len()
    }

    fn open(&self, listener: TcpListener) {
        let line = Arc::clone(&self.line);
        let door = std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if line.state().is_cut {
                    return;
                }
                line.connect(client);
            }
        });
        *self.door.lock().unwrap_or_else(PoisonError::into_inner) = Some(door);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.cut();
    }
}

impl Line {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let changed = change(&mut self.state());
        self.changed.notify_all();
        changed
    }

    fn end_all(&self) {
        for connection in self.change(|state| std::mem::take(&mut state.connections)) {
            connection.end();
        }
        self.changed.notify_all();
    }

    /// Connects a client to the target; where nobody listens there, or too many came, it is let go.
    fn connect(self: &Arc<Self>, client: TcpStream) {
        let target = self.state().target;
        let Ok(server) = TcpStream::connect(("127.0.0.1", target)) else {
            return;
        };
        for socket in [&client, &server] {
            socket.set_nodelay(true).expect("a socket");
        }
        let connection = Arc::new(Connection {
            client,
            server,
            is_over: AtomicBool::new(false),
        });
        let is_taken = self.change(|state| {
            let is_taken = state.connections.len() < CONNECTIONS_MAX && !state.is_cut;
            if is_taken {
                state.connections.push(Arc::clone(&connection));
            }
            is_taken
        });
        if is_taken {
            for direction in [Direction::ToServer, Direction::ToClient] {
                self.forward(&connection, direction);
            }
        }
    }

    /// Starts the two threads of one direction: one takes pieces, one delivers them in time.
    fn forward(self: &Arc<Self>, connection: &Arc<Connection>, direction: Direction) {
        let (sender, receiver) = sync_channel(PIECES_MAX);
        let (line, taken) = (Arc::clone(self), Arc::clone(connection));
        drop(std::thread::spawn(move || {
            line.take_pieces(&taken, direction, &sender);
        }));
        let (line, connection) = (Arc::clone(self), Arc::clone(connection));
        drop(std::thread::spawn(move || {
            line.deliver_pieces(&connection, direction, &receiver);
        }));
    }

    fn take_pieces(
        &self,
        connection: &Connection,
        direction: Direction,
        sender: &SyncSender<Piece>,
    ) {
        let (mut source, _) = connection.ends(direction);
        let mut buffer = vec![0; PIECE_BYTES];
        while let Ok(length @ 1..) = source.read(&mut buffer) {
            let delay = match (self.state(), direction) {
                (state, Direction::ToServer) => state.to_server,
                (state, Direction::ToClient) => state.to_client,
            };
            let piece = (Instant::now() + delay, buffer[..length].to_vec());
            if sender.send(piece).is_err() {
                return;
            }
        }
    }

    fn deliver_pieces(
        &self,
        connection: &Arc<Connection>,
        direction: Direction,
        receiver: &Receiver<Piece>,
    ) {
        let (_, mut target) = connection.ends(direction);
        for (due, bytes) in receiver {
            self.wait_until(due, connection);
            if connection.is_over() || target.write_all(&bytes).is_err() {
                break;
            }
        }
        // Even that one side hung up is not to be seen on a frozen line.
        self.wait_until(Instant::now(), connection);
        drop(target.shutdown(Shutdown::Write));
        if direction == Direction::ToClient {
            // The server is done: nobody answers this client any more.
            connection.end();
            self.change(|state| {
                state
                    .connections
                    .retain(|own| !Arc::ptr_eq(own, connection))
            });
        }
    }

    /// Waits until something is due and the line is not frozen, or the connection is over.
    fn wait_until(&self, due: Instant, connection: &Connection) {
        let mut state = self.state();
        while !connection.is_over() {
            let early = due.saturating_duration_since(Instant::now());
            state = if state.is_frozen {
                let changed = self.changed.wait(state);
                changed.unwrap_or_else(PoisonError::into_inner)
            } else if early.is_zero() {
                return;
            } else {
                let changed = self.changed.wait_timeout(state, early);
                changed.unwrap_or_else(PoisonError::into_inner).0
            };
        }
    }
}

impl Connection {
    /// Where bytes of one direction come from, and where they go.
    const fn ends(&self, direction: Direction) -> (&TcpStream, &TcpStream) {
        match direction {
            Direction::ToServer => (&self.client, &self.server),
            Direction::ToClient => (&self.server, &self.client),
        }
    }

    fn is_over(&self) -> bool {
        self.is_over.load(Ordering::SeqCst)
    }

    /// Closes both sides; either may have done so already.
    fn end(&self) {
        self.is_over.store(true, Ordering::SeqCst);
        drop(self.client.shutdown(Shutdown::Both));
        drop(self.server.shutdown(Shutdown::Both));
    }
}
