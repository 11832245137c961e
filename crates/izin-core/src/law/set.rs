//! Sets over the small enums of this room: one bit a member, copied freely, written as a list.
//!
//! The macro makes the same set twice, of regimes and of bases. The enum must have `ALL` in the
//! order of its declaration; texts and iteration follow that order.

macro_rules! small_set {
    ($(#[$doc:meta])* $set:ident($bits:ty) of $member:ty) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $set($bits);

        impl $set {
            /// No member.
            pub const EMPTY: Self = Self(0);
            /// Every member there is.
            pub const ALL: Self = Self::of(<$member>::ALL);

            /// The set of these members.
            #[must_use]
            pub const fn of<const N: usize>(members: [$member; N]) -> Self {
                let mut set = Self::EMPTY;
                let mut rest: &[$member] = &members;
                while let [first, others @ ..] = rest {
                    set = set.with(*first);
                    rest = others;
                }
                set
            }

            const fn bit(member: $member) -> $bits {
                (1 as $bits).wrapping_shl(member as u32)
            }

            /// The set and one member more.
            #[must_use]
            pub const fn with(self, member: $member) -> Self {
                Self(self.0 | Self::bit(member))
            }

            /// Adds a member.
            pub const fn insert(&mut self, member: $member) {
                *self = self.with(member);
            }

            /// Whether the member is in the set.
            #[must_use]
            pub const fn contains(self, member: $member) -> bool {
                self.0 & Self::bit(member) != 0
            }

            /// The members of either set.
            #[must_use]
            pub const fn union(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }

            /// The members of both sets.
            #[must_use]
            pub const fn intersection(self, other: Self) -> Self {
                Self(self.0 & other.0)
            }

            /// Whether there is no member.
            #[must_use]
            pub const fn is_empty(self) -> bool {
                self.0 == 0
            }

            /// How many members there are.
            #[must_use]
            pub const fn len(self) -> usize {
                self.0.count_ones() as usize
            }

            /// The members, in the order of the enum.
            pub fn iter(self) -> impl Iterator<Item = $member> + Clone {
                <$member>::ALL.into_iter().filter(move |member| self.contains(*member))
            }

            /// The first member in the order of the enum.
            #[must_use]
            pub fn first(self) -> Option<$member> {
                self.iter().next()
            }
        }

        impl FromIterator<$member> for $set {
            fn from_iter<I: IntoIterator<Item = $member>>(members: I) -> Self {
                members.into_iter().fold(Self::EMPTY, Self::with)
            }
        }

        impl std::fmt::Debug for $set {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_set().entries(self.iter()).finish()
            }
        }

        impl serde::Serialize for $set {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_seq(self.iter())
            }
        }

        impl<'de> serde::Deserialize<'de> for $set {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let members = Vec::<$member>::deserialize(deserializer)?;
                Ok(members.into_iter().collect())
            }
        }
    };
}

pub(super) use small_set;
