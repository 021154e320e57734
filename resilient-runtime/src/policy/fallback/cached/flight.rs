//! Calls with equal keys that share one: the first makes it, those that come while it runs wait for what it
//! comes to. What is kept of it for later, and for how long, is one file up.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::hash::RandomState;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::key::{Id, Key, Place};
use super::{Degradable, Good, Keepable, Value, copied};
use crate::sync::{AtomicUsize, Condvar, Mutex, OnceLock, Ordering, PoisonError, lock};
use crate::{bound, leading};

/// The calls of one function that run, by key. Nothing is allocated before the first.
pub(super) struct Flights(OnceLock<Table>);

#[derive(Default)]
struct Table {
    hasher: RandomState,
    /// As long as they run, by what can be compared of a key without running the user's code. Under the lock
    /// of that code runs `==` alone, and where it panics nothing has changed yet.
    running: Mutex<Running>,
}

type Running = HashMap<Id, Vec<Arc<Flight>>>;

impl Flights {
    pub(super) const fn new() -> Self {
        Self(OnceLock::new())
    }

    /// A place in the call with this key; in a new one, where none runs.
    fn join<T: 'static>(&self, key: &Key) -> Seat<'_> {
        let table = self.0.get_or_init(Table::default);
        let place = key.under::<T>(&table.hasher);
        let mut running = lock(&table.running);
        let known = running.get(place.id()).and_then(|all| all.iter().find(|flight| flight.place == place));
        let flight = match known {
            Some(flight) => Arc::clone(flight),
            None => {
                let flight = Arc::new(Flight::new(place));
                running.entry(flight.place.id().clone()).or_default().push(Arc::clone(&flight));
                flight
            }
        };
        flight.seats.fetch_add(1, Ordering::Relaxed);
        Seat { table, flight }
    }

    /// How many run, and for how many there is room.
    #[cfg(test)]
    pub(super) fn running(&self) -> (usize, usize) {
        self.0.get().map_or((0, 0), |table| {
            let running = lock(&table.running);
            (running.len(), running.capacity())
        })
    }

    /// How many take part in them.
    #[cfg(test)]
    pub(super) fn seats(&self) -> usize {
        let seats = |flight: &Arc<Flight>| flight.seats.load(Ordering::Relaxed);
        self.0.get().map_or(0, |table| lock(&table.running).values().flatten().map(seats).sum())
    }
}

/// One call that several may take part in.
struct Flight {
    place: Place,
    /// How many take part. Changed under the table's lock alone.
    seats: AtomicUsize,
    state: Mutex<State>,
    landing: Condvar,
    #[cfg(feature = "tokio")]
    news: tokio::sync::Notify,
}

#[derive(Clone, Default)]
enum State {
    /// Nobody makes the call: it is new, or who did was dropped or panicked. Whoever sees it takes over.
    #[default]
    Vacant,
    Running,
    Value(Arc<dyn Value>),
    Error(Shared),
    /// It ended in an error that is the caller's alone: each makes its own call now.
    Apart,
}

impl Flight {
    fn new(place: Place) -> Self {
        Self {
            place,
            seats: AtomicUsize::new(0),
            state: Mutex::default(),
            landing: Condvar::new(),
            #[cfg(feature = "tokio")]
            news: tokio::sync::Notify::new(),
        }
    }

    /// What there is to do now; the call, for the first who asks.
    fn turn<T: 'static, E: 'static>(&self) -> Turn<T, E> {
        let mut state = lock(&self.state);
        let came = match &*state {
            State::Vacant => {
                *state = State::Running;
                return Turn::Lead;
            }
            // Inside a call that others wait for nobody waits: two functions that call each other could else
            // wait for each other for ever.
            State::Running if leading::is_leading() => return Turn::Alone,
            State::Running => return Turn::Wait,
            came => came.clone(),
        };
        // A copy is made by the user's code, which meets no lock.
        drop(state);
        let out = match came {
            State::Value(value) => copied(&*value).map(Ok),
            State::Error(Shared(error)) => copied(&*error).map(Err),
            _ => None,
        };
        out.map_or(Turn::Alone, Turn::Return)
    }

    fn becomes(&self, state: State) {
        *lock(&self.state) = state;
        self.landing.notify_all();
        #[cfg(feature = "tokio")]
        self.news.notify_waiters();
    }

    fn wait(&self) {
        let mut state = lock(&self.state);
        while matches!(*state, State::Running) {
            state = self.landing.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    #[cfg(feature = "tokio")]
    async fn wait_async(&self) {
        // Made before the look: it hears of whatever becomes of the call after that.
        let news = self.news.notified();
        let is_running = matches!(*lock(&self.state), State::Running);
        if is_running {
            news.await;
        }
    }
}

/// What one who takes part does next.
enum Turn<T, E> {
    /// The call, for all who take part.
    Lead,
    Wait,
    /// A call of its own.
    Alone,
    Return(Result<T, E>),
}

/// The place of one who takes part. The last to leave takes the call away.
struct Seat<'f> {
    table: &'f Table,
    flight: Arc<Flight>,
}

impl Seat<'_> {
    /// Takes the call away, so that nobody else comes to take part. How many do is then certain.
    fn close(&self, running: &mut Running) {
        let id = self.flight.place.id();
        let Some(all) = running.get_mut(id) else { return };
        let Some(own) = all.iter().position(|flight| Arc::ptr_eq(flight, &self.flight)) else { return };
        // This seat holds it, too: what is the user's in it is not dropped under the lock.
        all.swap_remove(own);
        if all.is_empty() {
            running.remove(id);
        }
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        let mut running = lock(&self.table.running);
        if self.flight.seats.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.close(&mut running);
        }
    }
}

/// The call itself. However it ends, those who wait hear of it.
struct Lead<'f>(Seat<'f>);

impl Lead<'_> {
    fn land(self, state: impl FnOnce() -> State) {
        self.0.close(&mut lock(&self.0.table.running));
        // A copy is made if somebody waits.
        if self.0.flight.seats.load(Ordering::Relaxed) > 1 {
            self.0.flight.becomes(state());
        }
    }
}

impl Drop for Lead<'_> {
    fn drop(&mut self) {
        let flight = &self.0.flight;
        if matches!(*lock(&flight.state), State::Running) {
            flight.becomes(State::Vacant);
        }
    }
}

/// An error for all that waited. Made where its type is known to be one that can be copied.
#[derive(Clone)]
pub struct Shared(Arc<dyn Value>);

impl Shared {
    /// A copy of the error.
    #[must_use]
    pub fn new<E: Keepable>(error: &E) -> Self {
        Self(Arc::new(error.clone()))
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

pin_project_lite::pin_project! {
    /// Each poll is in the call that others wait for.
    struct Led<F> {
        #[pin]
        call: F,
    }
}

impl<F: Future> Future for Led<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let _leading = leading::enter();
        self.project().call.poll(context)
    }
}

impl Good<'_> {
    /// What `call` gives, kept if it is good; or a copy of what a call with an equal key gives that runs already.
    ///
    /// # Errors
    /// The call's.
    #[cfg(feature = "tokio")]
    pub async fn share_async<T, E: 'static>(
        &self,
        call: impl Future<Output = Result<T, E>>,
        shared: impl FnOnce(&E) -> Option<Shared>,
    ) -> Result<T, E>
    where
        T: Degradable + Keepable,
    {
        let seat = self.all.flights.join::<T>(&self.key);
        let lead = loop {
            match seat.flight.turn() {
                Turn::Lead => break Some(Lead(seat)),
                Turn::Wait => seat.flight.wait_async().await,
                Turn::Alone => break None,
                Turn::Return(out) => return out,
            }
        };
        let out = if lead.is_some() { Led { call }.await } else { call.await };
        self.land(lead, &out, shared);
        out
    }

    /// [`share_async`](Self::share_async), for sync functions: those who wait block their thread.
    ///
    /// # Errors
    /// The call's.
    pub fn share<T, E: 'static>(
        &self,
        call: impl FnOnce() -> Result<T, E>,
        shared: impl FnOnce(&E) -> Option<Shared>,
    ) -> Result<T, E>
    where
        T: Degradable + Keepable,
    {
        let seat = self.all.flights.join::<T>(&self.key);
        let lead = loop {
            match seat.flight.turn() {
                Turn::Lead => break Some(Lead(seat)),
                Turn::Wait => seat.flight.wait(),
                Turn::Alone => break None,
                Turn::Return(out) => return out,
            }
        };
        let leading = lead.is_some().then(leading::enter);
        let out = call();
        drop(leading);
        self.land(lead, &out, shared);
        out
    }

    fn land<T, E>(
        &self,
        lead: Option<Lead<'_>>,
        out: &Result<T, E>,
        shared: impl FnOnce(&E) -> Option<Shared>,
    ) where
        T: Degradable + Keepable,
    {
        let kept = out.as_ref().ok().and_then(|value| self.kept(value));
        let Some(lead) = lead else { return };
        lead.land(|| match out {
            Ok(value) => State::Value(kept.unwrap_or_else(|| Arc::new(value.clone()))),
            // What came of a limit that somebody set around this caller says nothing to the others.
            Err(_) if bound::current().is_some() => State::Apart,
            Err(error) => shared(error).map_or(State::Apart, State::Error),
        });
    }
}
