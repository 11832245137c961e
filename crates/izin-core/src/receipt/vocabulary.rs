//! Every term of a public vocabulary that an exported record may hold, and no other.
//!
//! Each was looked up in the Data Privacy Vocabulary 2.2 or stands in Dublin Core, SKOS, RDF or XML
//! Schema. A policy may not invent one: [`PurposeTerm`] and [`DataTerm`] are read from these lists.

use std::fmt;

/// Prefixes of the exported records and what they stand for.
pub const CONTEXT: [(&str, &str); 7] = [
    ("dct", "http://purl.org/dc/terms/"),
    ("dpv", "https://w3id.org/dpv#"),
    ("izin", "urn:izin:term:"),
    ("pd", "https://w3id.org/dpv/pd#"),
    ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
    ("skos", "http://www.w3.org/2004/02/skos/core#"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
];

/// The terms that say what a record's parts are; purposes and kinds of data have their own lists.
pub const TERMS: [&str; 87] = [
    "dct:conformsTo",
    "dct:description",
    "dct:identifier",
    "dct:isPartOf",
    "dct:language",
    "dct:title",
    "dpv:Consent",
    "dpv:ConsentExpired",
    "dpv:ConsentGiven",
    "dpv:ConsentInvalidated",
    "dpv:ConsentNotice",
    "dpv:ConsentReceipt",
    "dpv:ConsentRecord",
    "dpv:ConsentRefused",
    "dpv:ConsentRequestDeferred",
    "dpv:ConsentRequested",
    "dpv:ConsentRevoked",
    "dpv:ConsentUnknown",
    "dpv:ConsentWithdrawn",
    "dpv:Contract",
    "dpv:Country",
    "dpv:DataController",
    "dpv:DataProcessor",
    "dpv:DataProtectionOfficer",
    "dpv:DataSubject",
    "dpv:ExplicitlyExpressedConsent",
    "dpv:ExpressedConsent",
    "dpv:ForProfitOrganisation",
    "dpv:GovernmentalOrganisation",
    "dpv:GuardianOfDataSubject",
    "dpv:ImpliedConsent",
    "dpv:Jurisdiction",
    "dpv:LegalObligation",
    "dpv:LegitimateInterest",
    "dpv:NaturalPerson",
    "dpv:NonProfitOrganisation",
    "dpv:NotApplicable",
    "dpv:PersonalData",
    "dpv:Process",
    "dpv:Purpose",
    "dpv:Recipient",
    "dpv:RenewedConsentGiven",
    "dpv:SensitivePersonalData",
    "dpv:StorageDuration",
    "dpv:StorageLocation",
    "dpv:TemporalDuration",
    "dpv:ThirdParty",
    "dpv:UntilEventDuration",
    "dpv:UntilTimeDuration",
    "dpv:WithdrawConsent",
    "dpv:hasAddress",
    "dpv:hasApplicability",
    "dpv:hasConsentControl",
    "dpv:hasConsentStatus",
    "dpv:hasContact",
    "dpv:hasDataController",
    "dpv:hasDataProtectionOfficer",
    "dpv:hasDataSubject",
    "dpv:hasDuration",
    "dpv:hasIndicationMethod",
    "dpv:hasJurisdiction",
    "dpv:hasLegalBasis",
    "dpv:hasLocation",
    "dpv:hasName",
    "dpv:hasNotice",
    "dpv:hasPersonalData",
    "dpv:hasProcess",
    "dpv:hasPurpose",
    "dpv:hasRecipient",
    "dpv:hasStorageCondition",
    "dpv:isExercisedAt",
    "dpv:isIndicatedAtTime",
    "dpv:isIndicatedBy",
    "izin:channel",
    "izin:commitment",
    "izin:controlDefault",
    "izin:controlLabel",
    "izin:form",
    "izin:givenFor",
    "izin:method",
    "izin:sensitiveCode",
    "izin:sha256",
    "izin:version",
    "rdf:value",
    "skos:broader",
    "xsd:dateTime",
    "xsd:duration",
];

/// Purposes a shop can have.
const PURPOSES: [&str; 37] = [
    "dpv:AccountManagement",
    "dpv:Advertising",
    "dpv:AgeVerification",
    "dpv:CommercialPurpose",
    "dpv:CommunicationForCustomerCare",
    "dpv:CommunicationManagement",
    "dpv:CustomerCare",
    "dpv:CustomerClaimsManagement",
    "dpv:CustomerManagement",
    "dpv:CustomerOrderManagement",
    "dpv:CustomerRelationshipManagement",
    "dpv:DeliveryOfGoods",
    "dpv:DirectMarketing",
    "dpv:EnforceSecurity",
    "dpv:FraudPreventionAndDetection",
    "dpv:IdentityAuthentication",
    "dpv:IdentityVerification",
    "dpv:ImproveExistingProductsAndServices",
    "dpv:LegalCompliance",
    "dpv:Marketing",
    "dpv:OptimisationForConsumer",
    "dpv:OptimisationForController",
    "dpv:OptimiseUserInterface",
    "dpv:PaymentManagement",
    "dpv:Personalisation",
    "dpv:PersonalisedAdvertising",
    "dpv:PersonalisedBenefits",
    "dpv:ProvideEventRecommendations",
    "dpv:ProvidePersonalisedRecommendations",
    "dpv:ProvideProductRecommendations",
    "dpv:PublicRelations",
    "dpv:Purpose",
    "dpv:RecordManagement",
    "dpv:ServiceOptimisation",
    "dpv:ServicePersonalisation",
    "dpv:ServiceUsageAnalytics",
    "dpv:TargetedAdvertising",
];

/// Kinds of data a shop can hold.
const DATA: [&str; 32] = [
    "pd:Age",
    "pd:Behavioural",
    "pd:Biometric",
    "pd:BirthDate",
    "pd:BrowsingBehaviour",
    "pd:BrowsingReferral",
    "pd:City",
    "pd:Contact",
    "pd:Country",
    "pd:DeviceBased",
    "pd:EmailAddress",
    "pd:Ethnicity",
    "pd:Health",
    "pd:Interest",
    "pd:Language",
    "pd:Location",
    "pd:MedicalHealth",
    "pd:Name",
    "pd:PhysicalAddress",
    "pd:PoliticalOpinion",
    "pd:PostalCode",
    "pd:Preference",
    "pd:Profile",
    "pd:Purchase",
    "pd:PurchasesAndSpendingHabit",
    "pd:ReligiousBelief",
    "pd:ServiceConsumptionBehaviour",
    "pd:Sexual",
    "pd:TelephoneNumber",
    "pd:TradeUnionMembership",
    "pd:Transactional",
    "pd:Username",
];

/// Why a text is not a term of the vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a term of the data privacy vocabulary that records may hold; one is `{1}`")]
pub struct UnknownTerm(String, &'static str);

/// A purpose of the Data Privacy Vocabulary, as `dpv:DirectMarketing`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PurposeTerm(&'static str);

impl PurposeTerm {
    /// Reads the term with its prefix.
    ///
    /// # Errors
    /// [`UnknownTerm`] when the list of purposes does not hold it.
    pub fn parse(text: &str) -> Result<Self, UnknownTerm> {
        look_up(&PURPOSES, text, "dpv:DirectMarketing").map(Self)
    }

    /// Every purpose a record may name.
    pub fn all() -> impl Iterator<Item = Self> {
        PURPOSES.into_iter().map(Self)
    }

    /// The term with its prefix.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }

    /// The whole address of the term, for readers that know no prefixes.
    #[must_use]
    pub fn iri(self) -> String {
        self.0.replacen("dpv:", "https://w3id.org/dpv#", 1)
    }
}

impl fmt::Display for PurposeTerm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A kind of personal data of the vocabulary's extension `pd`, as `pd:EmailAddress`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DataTerm(&'static str);

impl DataTerm {
    /// Reads the term with its prefix.
    ///
    /// # Errors
    /// [`UnknownTerm`] when the list of data does not hold it.
    pub fn parse(text: &str) -> Result<Self, UnknownTerm> {
        look_up(&DATA, text, "pd:EmailAddress").map(Self)
    }

    /// Every kind of data a record may name.
    pub fn all() -> impl Iterator<Item = Self> {
        DATA.into_iter().map(Self)
    }

    /// The term with its prefix.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for DataTerm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

fn look_up(
    table: &[&'static str],
    text: &str,
    example: &'static str,
) -> Result<&'static str, UnknownTerm> {
    table
        .iter()
        .copied()
        .find(|term| *term == text)
        .ok_or_else(|| UnknownTerm(text.to_owned(), example))
}
