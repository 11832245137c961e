//! The codes of findings; each keeps its meaning for ever. Their words are in `sentences.toml`.

macro_rules! codes {
    ($($name:ident $text:literal)*) => {
        /// What sort of finding it is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Code { $($name),* }

        impl Code {
            /// Every code.
            #[cfg(test)]
            pub(super) const ALL: &[Self] = &[$(Self::$name),*];

            /// The name in files and answers.
            pub(super) const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }
        }
    };
}

codes! {
    FolderUnreadable "folder_unreadable"
    FileMissing "file_missing"
    FileUnreadable "file_unreadable"
    FileTooLong "file_too_long"
    NotText "not_text"
    UnknownFile "unknown_file"
    Syntax "syntax"
    UnknownKey "unknown_key"
    MissingKey "missing_key"
    WrongValue "wrong_value"
    NotATable "not_a_table"
    NotAList "not_a_list"
    WrongHead "wrong_head"
    NoTable "no_table"
    TooManyItems "too_many_items"
    EmptyText "empty_text"
    NotOneLine "not_one_line"
    DeclaredTwice "declared_twice"
    SaidTwice "said_twice"
    UnknownName "unknown_name"
    BadTerm "bad_term"
    UnknownCountry "unknown_country"
    NoLanguages "no_languages"
    NoRegimes "no_regimes"
    UnsignedRegimes "unsigned_regimes"
    Approvals "approvals"
    HomeLawNotBinding "home_law_not_binding"
    NoChannels "no_channels"
    NoFields "no_fields"
    NoRopa "no_ropa"
    NoRetention "no_retention"
    BasisNotLawful "basis_not_lawful"
    BasisMissing "basis_missing"
    BasisUnused "basis_unused"
    NoLawRow "no_law_row"
    ContextualNotAlone "contextual_not_alone"
    ConsentDaysZero "consent_days_zero"
    LifeEmpty "life_empty"
    LifeOver "life_over"
    NoMarketing "no_marketing"
    NoLegalObligation "no_legal_obligation"
    SensitiveUncovered "sensitive_uncovered"
    SensitiveWithoutConsent "sensitive_without_consent"
    DpiaNeeded "dpia_needed"
    DpiaNotYet "dpia_not_yet"
    DpiaExpired "dpia_expired"
    DpiaOwnApproval "dpia_own_approval"
    DpiaOwnAdvice "dpia_own_advice"
    DpiaPartEmpty "dpia_part_empty"
    DpiaSample "dpia_sample"
    FieldUnused "field_unused"
    AddressUndeclared "address_undeclared"
    RecipientUnused "recipient_unused"
    NoSafeguard "no_safeguard"
    FormWithoutControls "form_without_controls"
    FormDefective "form_defective"
    VersionZero "version_zero"
    ControlBundled "control_bundled"
    ControlWithoutPurpose "control_without_purpose"
    ControlPreTicked "control_pre_ticked"
    ControlCondition "control_condition"
    ControlNotExplicit "control_not_explicit"
    ControlOffChannel "control_off_channel"
    ControlWithoutConsent "control_without_consent"
    CapNeverApplies "cap_never_applies"
    CapOnEssential "cap_on_essential"
    HoursOverMidnight "hours_over_midnight"
    UsualHours "usual_hours"
    SenderMissing "sender_missing"
    CategoryPath "category_path"
}
