//! Stable codes of enums: the same in JSON, database and message names.

/// Gives an enum its code in the database and its list of all values.
macro_rules! codes {
    ($name:ident { $($variant:ident = $code:literal),+ $(,)? }) => {
        impl $name {
            /// Every value, in the order lists show them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];
            /// The stable code: the same in JSON, database and message names.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }
            /// The value of a code.
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

pub(crate) use codes;
