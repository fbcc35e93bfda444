//! What a page shows, loaded once: on the server for the first paint, and then where the page is read.

use dioxus::{core::RenderError, prelude::*};
use dioxus_fullstack_core::use_server_future;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};

/// A value on its way from the first paint to the browser, as JSON like every answer of the API: were it in Dioxus' own
/// format, the browser's program would have to know how to read each type in two.
struct Carried<T>(T);

impl<T: Serialize> Serialize for Carried<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = serde_json::to_string(&self.0).map_err(serde::ser::Error::custom)?;
        serializer.serialize_str(&text)
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Carried<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        serde_json::from_str(&text).map(Self).map_err(serde::de::Error::custom)
    }
}

/// Something that is loaded or about to be.
pub struct Loaded<T: 'static>(Resource<Carried<T>>);

impl<T> Clone for Loaded<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Loaded<T> {}

impl<T: Clone> Loaded<T> {
    /// What is loaded; the component that asks is drawn again when it changes.
    pub fn now(&self) -> Option<T> {
        self.0.read().as_ref().map(|carried| carried.0.clone())
    }

    /// The same, without being drawn again.
    pub fn peek(&self) -> Option<T> {
        self.0.peek().as_ref().map(|carried| carried.0.clone())
    }

    /// Loads it again; what was loaded is shown meanwhile.
    pub fn restart(&mut self) {
        self.0.restart();
    }
}

/// Loads something, again whenever a signal changes that `load` reads before it waits.
pub fn use_loaded<T, F>(mut load: impl FnMut() -> F + 'static) -> Result<Loaded<T>, RenderError>
where
    T: Serialize + DeserializeOwned + 'static,
    F: Future<Output = T> + 'static,
{
    let resource = use_server_future(move || {
        let loading = load();
        async move { Carried(loading.await) }
    })?;
    Ok(Loaded(resource))
}
