//! A value that says itself whether it is the full service's, and values that are made of such. When a value
//! is degraded is decided elsewhere.

use std::ops::Deref;

use super::{Degradable, Degradation};

/// A value, and whether it is the full service's.
///
/// # Examples
///
/// ```
/// use resilient_runtime::Served;
///
/// let label = Served::from("invoice");
/// assert!(!label.is_degraded());
/// assert_eq!(label.len(), 7); // derefs to the value
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Served<T> {
    value: T,
    /// Boxed: a value that is not degraded carries one pointer more, not a whole description.
    #[cfg_attr(feature = "serde", serde(default))]
    degradation: Option<Box<Degradation>>,
}

impl<T> Served<T> {
    /// Whether the value is anything but the full service's.
    pub const fn is_degraded(&self) -> bool {
        self.degradation.is_some()
    }

    /// Why and how far, if it is.
    pub fn degradation(&self) -> Option<&Degradation> {
        self.degradation.as_deref()
    }

    /// The value alone.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// Makes another value of this one, which is no better.
    pub fn map<U>(self, make: impl FnOnce(T) -> U) -> Served<U> {
        let Self { value, degradation } = self;
        Served { value: make(value), degradation }
    }

    /// Both values: as far from the full service as the worse of the two; as the first, where they are equal.
    ///
    /// Several values of one type are collected: `parts.into_iter().collect::<Served<Vec<_>>>()`.
    ///
    /// # Examples
    ///
    /// ```
    /// use resilient_runtime::{Degradable, Degradation, Served, Tier};
    ///
    /// let text = Served::from("a page").degraded(Degradation::new(Tier::Cached, "OCR is down"));
    /// let label = Served::from("invoice");
    ///
    /// let report = text.zip(label).map(|(text, label)| format!("{label}: {text}"));
    /// assert_eq!(*report, "invoice: a page");
    /// assert_eq!(report.degradation().map(|how| how.tier), Some(Tier::Cached));
    /// ```
    pub fn zip<U>(self, other: Served<U>) -> Served<(T, U)> {
        let degradation = worse(self.degradation, other.degradation);
        Served { value: (self.value, other.value), degradation }
    }
}

fn worse(one: Option<Box<Degradation>>, other: Option<Box<Degradation>>) -> Option<Box<Degradation>> {
    let tier = |how: &Option<Box<Degradation>>| how.as_ref().map(|how| how.tier);
    if tier(&other) > tier(&one) { other } else { one }
}

impl<T, C: FromIterator<T>> FromIterator<Served<T>> for Served<C> {
    /// As far from the full service as the worst of the parts; as the first of those, where there are several.
    fn from_iter<I: IntoIterator<Item = Served<T>>>(parts: I) -> Self {
        let mut degradation = None;
        let values = parts.into_iter().map(|part| {
            degradation = worse(degradation.take(), part.degradation);
            part.value
        });
        Self { value: values.collect(), degradation }
    }
}

impl<T> From<T> for Served<T> {
    fn from(value: T) -> Self {
        Self { value, degradation: None }
    }
}

impl<T> Deref for Served<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> Degradable for Served<T> {
    /// A value that says already that it is further from the full service keeps saying so: what a tier gives
    /// may itself come from a fallback.
    fn degraded(self, how: Degradation) -> Self {
        let degradation = worse(Some(Box::new(how)), self.degradation);
        Self { degradation, ..self }
    }

    fn is_degraded(&self) -> bool {
        self.degradation.is_some()
    }
}
