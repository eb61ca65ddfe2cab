//! Leptos's signals and memos, of one type for all that they hold.
//!
//! Leptos compiles a signal, and more so a memo, anew for each type in it: 2 to 3 kB of wasm for
//! each of twenty types. Here what they hold is behind a pointer that can compare itself, and
//! only that much is compiled for each type.

use std::{any::Any, marker::PhantomData, sync::Arc};

use leptos::prelude::*;

/// A closure behind a pointer, which can do no more than be called. With `dyn Fn` the compiler keeps for
/// each closure a second function that calls it once and drops it.
pub(crate) trait Compute<T> {
    fn compute(&self) -> T;
}

impl<T, F: Fn() -> T> Compute<T> for F {
    fn compute(&self) -> T {
        self()
    }
}

/// What a signal can hold.
pub(crate) trait Content: PartialEq + Send + Sync + 'static {}

impl<T: PartialEq + Send + Sync + 'static> Content for T {}

/// A value of some type that can be compared with others of its type.
trait Comparable: Send + Sync {
    fn as_any(&self) -> &dyn Any;
    fn equals(&self, other: &dyn Comparable) -> bool;
}

impl<T: Content> Comparable for T {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn equals(&self, other: &dyn Comparable) -> bool {
        other.as_any().downcast_ref() == Some(self)
    }
}

#[derive(Clone)]
struct Erased(Arc<dyn Comparable>);

impl PartialEq for Erased {
    fn eq(&self, other: &Self) -> bool {
        self.0.equals(&*other.0)
    }
}

impl Erased {
    fn new(value: impl Content) -> Self {
        Self(Arc::new(value))
    }

    fn look<T: Content, R>(&self, at: impl FnOnce(&T) -> R) -> R {
        #[expect(
            clippy::expect_used,
            reason = "what made it is of the type that it is read as: both are private to this file"
        )]
        at(self
            .0
            .as_any()
            .downcast_ref()
            .expect("the value's own type"))
    }
}

/// What a view keeps for itself.
#[derive(Debug)]
pub(crate) struct State<T> {
    signal: RwSignal<Erased>,
    holds: PhantomData<fn() -> T>,
}

/// What follows from signals, for as long as it stays equal.
#[derive(Debug)]
pub(crate) struct Selection<T> {
    memo: Memo<Erased>,
    holds: PhantomData<fn() -> T>,
}

impl<T> Clone for State<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for State<T> {}

impl<T> Clone for Selection<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Selection<T> {}

impl<T: Content> State<T> {
    pub(crate) fn new(value: T) -> Self {
        Self {
            signal: signal(Erased::new(value)),
            holds: PhantomData,
        }
    }

    /// Looks at the value. Whoever does inside a binding follows it.
    pub(crate) fn with<R>(self, look: impl FnOnce(&T) -> R) -> R {
        held(self.signal).look(look)
    }

    pub(crate) fn set(self, value: T) {
        set(self.signal, Erased::new(value));
    }
}

impl<T: Content + Clone> State<T> {
    /// The value. Whoever asks inside a binding follows it.
    pub(crate) fn get(self) -> T {
        self.with(T::clone)
    }

    pub(crate) fn update(self, change: impl FnOnce(&mut T)) {
        let mut value = untrack(|| self.get());
        change(&mut value);
        self.set(value);
    }
}

impl<T: Content> Selection<T> {
    /// Computes the value whenever what it reads has changed, if anybody follows it.
    pub(crate) fn new(compute: impl Fn() -> T + Send + Sync + 'static) -> Self {
        Self {
            memo: memo(Box::new(move || Erased::new(compute()))),
            holds: PhantomData,
        }
    }

    /// Looks at the value. Whoever does inside a binding follows it.
    pub(crate) fn with<R>(self, look: impl FnOnce(&T) -> R) -> R {
        selected(self.memo).look(look)
    }

    /// Follows the value without a look at it.
    pub(crate) fn follow(self) {
        // Computed, not only tracked: a memo that nobody reads never changes.
        selected(self.memo);
    }
}

impl<T: Content + Clone> Selection<T> {
    /// The value. Whoever asks inside a binding follows it.
    pub(crate) fn get(self) -> T {
        self.with(T::clone)
    }
}

// Compiled once each.

#[inline(never)]
fn signal(value: Erased) -> RwSignal<Erased> {
    RwSignal::new(value)
}

#[inline(never)]
fn held(signal: RwSignal<Erased>) -> Erased {
    signal.get()
}

#[inline(never)]
fn set(signal: RwSignal<Erased>, value: Erased) {
    signal.set(value);
}

#[inline(never)]
fn memo(compute: Box<dyn Compute<Erased> + Send + Sync>) -> Memo<Erased> {
    Memo::new(move |_| compute.compute())
}

#[inline(never)]
fn selected(memo: Memo<Erased>) -> Erased {
    memo.get()
}

#[cfg(test)]
#[cfg(target_arch = "wasm32")]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;
    use crate::{stage::settled, ui::run};

    #[wasm_bindgen_test]
    async fn a_selection_tells_only_of_what_has_changed() {
        any_spawner::Executor::init_wasm_bindgen().ok();
        let owner = Owner::new();
        let (state, told) = owner.with(|| {
            let state = State::new(1);
            let told = State::new(Vec::new());
            let is_odd = Selection::new(move || state.with(|value| value % 2 == 1));
            run(Box::new(move || {
                let is_odd = is_odd.get();
                told.update(|told: &mut Vec<bool>| told.push(is_odd));
            }));
            (state, told)
        });
        for value in [1, 3, 4, 6, 7] {
            settled().await;
            state.set(value);
        }
        settled().await;
        assert_eq!(owner.with(|| told.get()), [true, false, true]);
        owner.cleanup();
    }

    #[wasm_bindgen_test]
    fn values_of_other_types_are_never_equal() {
        assert!(Erased::new(1_u8) != Erased::new(1_u16) && Erased::new(1_u8) == Erased::new(1_u8));
    }
}
