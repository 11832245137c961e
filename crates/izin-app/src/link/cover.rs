//! What must be short and yet neither read nor made up by anybody else: a few bytes under a keystream that
//! begins with a code over them (a synthetic IV). So the same bytes are covered the same way, and two of one
//! person's links have nothing in common.

use subtle::ConstantTimeEq;

use super::Links;

/// What covered bytes are for; those made for another thing do not open.
pub(super) type Place<'a> = (&'a [u8], u8);

impl Links {
    /// Covers bytes behind a code of `CODE` bytes.
    pub(super) fn cover<const CODE: usize>(&self, place: Place<'_>, plain: &[u8]) -> Vec<u8> {
        let code: [u8; CODE] = self.code(place, plain);
        let mut covered = plain.to_vec();
        self.stream(place, &code, &mut covered);
        [&code[..], &covered].concat()
    }

    /// The bytes under a cover; `None` for anything that was not covered here for this.
    pub(super) fn uncover<const CODE: usize>(
        &self,
        place: Place<'_>,
        bytes: &[u8],
    ) -> Option<Vec<u8>> {
        let (code, covered) = bytes.split_first_chunk::<CODE>()?;
        let mut plain = covered.to_vec();
        self.stream(place, code, &mut plain);
        let made: [u8; CODE] = self.code(place, &plain);
        bool::from(made.ct_eq(code)).then_some(plain)
    }

    fn code<const CODE: usize>(&self, (name, kind): Place<'_>, plain: &[u8]) -> [u8; CODE] {
        let mut hasher = blake3::Hasher::new_keyed(self.key.expose());
        hasher.update(name).update(b" code").update(&[kind]);
        let mut code = [0; CODE];
        hasher.update(plain).finalize_xof().fill(&mut code);
        code
    }

    fn stream(&self, (name, kind): Place<'_>, code: &[u8], bytes: &mut [u8]) {
        let mut hasher = blake3::Hasher::new_keyed(self.key.expose());
        hasher.update(name).update(b" cover").update(&[kind]);
        let mut stream = vec![0; bytes.len()];
        hasher.update(code).finalize_xof().fill(&mut stream);
        for (byte, own) in bytes.iter_mut().zip(stream) {
            *byte ^= own;
        }
    }
}
