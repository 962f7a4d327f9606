//! The thread that carries all connections of a store. Whoever asks the database waits for the answer where
//! they stand, on any thread, also on one of an async runtime.

use super::address::Address;
use crate::error::{StoreError, StoreResult};
use futures_util::StreamExt as _;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;
use tokio_postgres::{AsyncMessage, Client};

/// Lives as long as any connection is wanted; the thread ends when it is dropped.
#[derive(Debug)]
pub(super) struct Worker {
    handle: Handle,
    _stop: oneshot::Sender<()>,
}

impl Worker {
    pub(super) fn start() -> StoreResult<Self> {
        let refused =
            |error: std::io::Error| StoreError::Engine(format!("no thread could be started: {error}"));
        let runtime = Builder::new_current_thread().enable_all().build().map_err(refused)?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel();
        let run = move || {
            // Ends either way: by a word, which nobody says, or because the sender is gone.
            drop(runtime.block_on(stopped));
        };
        std::thread::Builder::new().name("postgres".to_owned()).spawn(run).map_err(refused)?;
        Ok(Self { handle, _stop: stop })
    }

    pub(super) fn connect(&self, address: &Address) -> StoreResult<Client> {
        let (config, tls) = (address.config().clone(), address.tls().clone());
        self.carry_on(async move {
            let (client, connection) = config.connect(tls).await?;
            tokio::spawn(async move {
                if let Err(error) = connection.await {
                    tracing::warn!(%error, "a connection to the database broke");
                }
            });
            Ok(client)
        })
    }

    /// A connection whose notifications wake whoever holds the other end of `woken`.
    pub(super) fn listen(&self, address: &Address, woken: Sender<()>) -> StoreResult<Client> {
        let (config, tls) = (address.config().clone(), address.tls().clone());
        self.carry_on(async move {
            let (client, mut connection) = config.connect(tls).await?;
            tokio::spawn(async move {
                let mut heard =
                    futures_util::stream::poll_fn(move |context| connection.poll_message(context));
                while let Some(Ok(message)) = heard.next().await {
                    if matches!(message, AsyncMessage::Notification(_)) && woken.send(()).is_err() {
                        break;
                    }
                }
            });
            Ok(client)
        })
    }

    fn carry_on(
        &self,
        connecting: impl Future<Output = Result<Client, tokio_postgres::Error>> + Send + 'static,
    ) -> StoreResult<Client> {
        match wait(self.handle.spawn(connecting)) {
            Ok(connected) => connected.map_err(|error| match StoreError::from(error) {
                StoreError::Engine(why) => StoreError::Unreachable(why),
                other => other,
            }),
            Err(_) => Err(StoreError::Unreachable("the connecting was interrupted".to_owned())),
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits where it stands. The work itself is done by the worker's thread, so no runtime is needed here.
pub(super) fn wait<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(done) => return done,
            Poll::Pending => std::thread::park(),
        }
    }
}
