//! The letter that carries a code: who asks, the code, how long, what to do if it was not you.

use izin_core::{Identifier, Language};

use super::CODE_SECONDS;
use crate::App;
use crate::deliver::letter::{self, Letter, LetterError, Words};

/// Writes the letter in the person's language.
pub(super) fn write(
    app: &App,
    to: &Identifier,
    code: &str,
    language: Language,
) -> Result<Letter, LetterError> {
    let shop = &app.policy().controller.name;
    let minutes = CODE_SECONDS / 60;
    let (first, last) = code.split_at(code.len() / 2);
    let words = match language {
        Language::Id => Words {
            subject: format!("Kode Anda untuk {shop}"),
            text: format!(
                "Kode Anda: {first} {last}\n\nMasukkan kode ini di halaman yang Anda buka. Kode \
                 berlaku {minutes} menit.\n\nTidak meminta kode? Abaikan surat ini; tidak ada yang \
                 berubah. Jangan berikan kode ini kepada siapa pun.\n\n{shop}\n"
            ),
        },
        Language::En => Words {
            subject: format!("Your code for {shop}"),
            text: format!(
                "Your code: {first} {last}\n\nEnter it on the page you have open. It works for \
                 {minutes} minutes.\n\nYou did not ask for a code? Ignore this letter; nothing \
                 changes. Give the code to nobody.\n\n{shop}\n"
            ),
        },
    };
    letter::write(app, to, &words)
}
