namespace Culvert.Ca.Refusals;

/// <summary>The complete catalogue of the certificate core's error codes.</summary>
/// <remarks>
/// A single long file, because the order is that of <see cref="All"/> and of the documentation, and codes must be unique.
/// </remarks>
public static class CaErrorCodes
{
    public static readonly CaErrorCode RequestTooLarge = new(
        "request.too_large",
        413,
        "The input is larger than its documented limit.",
        "Text around the certificate, or several certificates where exactly one is required.",
        "Send only the certificate or the signing request, without explanatory text."
    );

    public static readonly CaErrorCode RequestInvalid = new(
        "request.invalid",
        400,
        "The input is missing or empty.",
        "An empty field.",
        "Send the documented fields."
    );

    public static readonly CaErrorCode CsrSignatureInvalid = new(
        "csr.signature_invalid",
        400,
        "The signing request is not signed by the key that it carries.",
        "The request was changed after it was signed, or assembled from parts.",
        "Create the request again with its own private key."
    );

    public static readonly CaErrorCode CsrMalformed = new(
        "csr.malformed",
        400,
        "The signing request is not one PEM or DER encoded PKCS#10 request.",
        "A truncated copy, another PEM type, or BER instead of DER.",
        "Create the request again, for example with openssl req -new."
    );

    public static readonly CaErrorCode CsrTrailingData = new(
        "csr.trailing_data",
        400,
        "Something follows the signing request.",
        "Two requests in one field, or text pasted after the END line.",
        "Send exactly one request and nothing after it."
    );

    public static readonly CaErrorCode CsrSignatureAlgorithm = new(
        "csr.signature_algorithm",
        400,
        "The signing request is signed with an algorithm that is not accepted.",
        "An old tool's default hash, or RSA-PSS with other salt or mask parameters.",
        "Sign with SHA-256, SHA-384 or SHA-512 and ECDSA, RSA PKCS#1 or RSA-PSS with matching parameters."
    );

    public static readonly CaErrorCode CsrExtensionForbidden = new(
        "csr.extension_forbidden",
        400,
        "The signing request contains an extension that is not allowed, or contains an extension twice.",
        "A request made for an authority, or from a configuration file with many extensions.",
        "Request only names; the profile sets everything else."
    );

    public static readonly CaErrorCode KeyWeak = new(
        "key.weak",
        400,
        "The RSA key has a size or an exponent that is not accepted.",
        "An old key, or a key size between the usual ones.",
        "Use RSA with 2048, 3072 or 4096 bits and exponent 65537, or ECDSA."
    );

    public static readonly CaErrorCode KeyUnsupported = new(
        "key.unsupported",
        400,
        "The key's algorithm, curve or encoding is not accepted here.",
        "Another curve, explicit curve parameters, a compressed point, DSA or EdDSA.",
        "Use ECDSA on P-256 or P-384, or RSA."
    );

    public static readonly CaErrorCode KeyIsCaKey = new(
        "key.is_ca_key",
        409,
        "The key in the signing request is the key of a certificate authority.",
        "The authority's own request or key was used for a leaf.",
        "Create a new key for every certificate."
    );

    public static readonly CaErrorCode NameNotAuthorised = new(
        "name.not_authorised",
        403,
        "The signing request contains a name that the caller may not use.",
        "The request was made for another tunnel or with more names than the identity has.",
        "Request only granted names, or none: the service then adds all granted names."
    );

    public static readonly CaErrorCode NameCnMismatch = new(
        "name.cn_mismatch",
        403,
        "The common name is not one of the granted names.",
        "A host name as common name that is not one of the tunnel's.",
        "Leave the subject empty or use a granted name."
    );

    public static readonly CaErrorCode NameMissingSan = new(
        "name.missing_san",
        400,
        "The signing request has a common name but no subject alternative name.",
        "A tool that puts the host name only into the common name.",
        "Put names into the subject alternative name, or leave both out."
    );

    public static readonly CaErrorCode NameInvalid = new(
        "name.invalid",
        400,
        "A name in the signing request is not a well-formed DNS name.",
        "An underscore, a trailing dot, an address, or characters outside ASCII.",
        "Use letters, digits and hyphens, labels of at most 63 and names of at most 253 octets."
    );

    public static readonly CaErrorCode NameWildcardForbidden = new(
        "name.wildcard_forbidden",
        403,
        "The wildcard name is not the one that the profile grants.",
        "A wildcard over a level that the identity does not own.",
        "Request the wildcard of the tunnel domain, or no wildcard."
    );

    public static readonly CaErrorCode NameTypeForbidden = new(
        "name.type_forbidden",
        400,
        "The signing request contains a type of name that the profile does not allow.",
        "An e-mail address, an IP address or another kind of name in the request.",
        "Request only the types of names that the profile lists."
    );

    public static readonly CaErrorCode NameConstraintViolation = new(
        "name.constraint_violation",
        403,
        "A name lies outside the name constraints of the issuing chain.",
        "An authority in the chain is constrained to other names.",
        "Have the authority re-certified with constraints that permit the tunnel's domain."
    );

    public static readonly CaErrorCode ProfileEku = new(
        "profile.eku",
        403,
        "The signing request contains an extended key usage that the profile does not allow.",
        "clientAuth or codeSigning in a request for a server certificate, for example.",
        "Leave extended key usage out; the profile decides it."
    );

    public static readonly CaErrorCode ValidityInvalid = new(
        "validity.invalid",
        400,
        "The requested lifetime is zero or negative, or exceeds the maximum or the issuer's expiry.",
        "A lifetime outside the profile, or an authority near its expiry.",
        "Request a shorter lifetime, or leave it out; renew the issuing authority when it is about to expire."
    );

    public static readonly CaErrorCode ValidityNotBefore = new(
        "validity.not_before",
        400,
        "The requested start is in the future, or earlier than the backdating limit.",
        "A client clock that is wrong, or a wish for a certificate that begins later.",
        "Leave not_before out; the service sets and backdates it."
    );

    public static readonly CaErrorCode LintFailed = new(
        "lint.failed",
        500,
        "The certificate that would have been signed breaks a rule; nothing was signed.",
        "The certificate violates a rule of the service's own lint set.",
        "Report it with the request id: this is a defect of the service or of its configuration."
    );

    public static readonly CaErrorCode TbsMismatch = new(
        "issue.tbs_mismatch",
        500,
        "The signed certificate differs from the one that was checked; it was discarded.",
        "An internal error between the checks and the signature.",
        "Report it with the request id: this is a defect of the service."
    );

    public static readonly CaErrorCode SignerBadSignature = new(
        "signer.bad_signature",
        500,
        "The signer returned a signature that does not verify; nothing was issued.",
        "A broken key store.",
        "Check the authority's key custody, then try again."
    );

    public static readonly CaErrorCode SignerUnavailable = new(
        "signer.unavailable",
        503,
        "The authority's key cannot sign at present; nothing was issued.",
        "An HSM that is logged out, disconnected, or slower than the service's timeout.",
        "Retry; if it lasts, check the HSM and its login on the service's host."
    );

    public static readonly CaErrorCode CaMalformed = new(
        "ca.malformed",
        400,
        "The input is not PEM with exactly the required certificates.",
        "Text around the blocks, a truncated copy, or another PEM type.",
        "Send PEM certificates only, nothing before, between or after them."
    );

    public static readonly CaErrorCode CaSecretInInput = new(
        "ca.secret_in_input",
        400,
        "The input contains a private key. It was discarded and not stored.",
        "A file that contains both certificate and key was pasted.",
        "Treat that key as disclosed: replace it, and send only the certificate."
    );

    public static readonly CaErrorCode CaKeyMismatch = new(
        "ca.key_mismatch",
        409,
        "The certificate is not for the key that the service made.",
        "Another request was signed, or the request of an earlier registration.",
        "Sign the request that the service gave out for this authority."
    );

    public static readonly CaErrorCode CaNotACa = new(
        "ca.not_a_ca",
        422,
        "The certificate is not a CA certificate: basic constraints are missing, not critical or CA:FALSE.",
        "A leaf certificate, or a CA certificate without the critical flag.",
        "Issue it with basicConstraints=critical,CA:TRUE."
    );

    public static readonly CaErrorCode CaKeyUsage = new(
        "ca.key_usage",
        422,
        "Key usage is missing, or lacks keyCertSign, or cRLSign where the service holds the key.",
        "An extension file without keyUsage.",
        "Issue it with keyUsage=critical,keyCertSign,cRLSign."
    );

    public static readonly CaErrorCode CaPathLength = new(
        "ca.path_length",
        422,
        "A path length constraint in the chain does not allow this authority to issue.",
        "An issuer above it may sign only leaf certificates.",
        "Raise pathlen of the issuers above it."
    );

    public static readonly CaErrorCode CaEku = new(
        "ca.eku",
        422,
        "Extended key usage is present without serverAuth.",
        "The issuing profile restricts the authority to other purposes.",
        "Leave extended key usage out, or include serverAuth."
    );

    public static readonly CaErrorCode CaNameConstraints = new(
        "ca.name_constraints",
        422,
        "The name constraints do not permit the tunnel's names, or cannot be evaluated.",
        "An authority of the chain is constrained to other domains.",
        "Permit the tunnel's domain, or leave name constraints out."
    );

    public static readonly CaErrorCode CaValidity = new(
        "ca.validity",
        422,
        "The certificate is not valid now, not valid long enough, or outlives its issuer.",
        "Expired, not yet valid, too short, or longer than its issuer.",
        "Issue it with a validity of at least six times the lifetime of the certificates under it."
    );

    public static readonly CaErrorCode CaChain = new(
        "ca.chain",
        422,
        "The chain is incomplete, out of order, too long or holds unrelated certificates.",
        "A certificate is missing, surplus or in the wrong place.",
        "Send the authority first, then each issuer, the self-signed root last; at most eight."
    );

    public static readonly CaErrorCode CaIdentifiers = new(
        "ca.identifiers",
        422,
        "Subject, issuer or key identifiers are missing or do not link the chain.",
        "An extension file without subjectKeyIdentifier, or names re-encoded by a tool.",
        "Give every authority a subject and a subjectKeyIdentifier, and copy both into what it signs."
    );

    public static readonly CaErrorCode CaWeak = new(
        "ca.weak",
        422,
        "The key or the signature's hash is too weak.",
        "An old key or an old default hash.",
        "Use RSA with 2048 to 8192 bits or ECDSA on P-256, P-384 or P-521, and SHA-256 or better."
    );

    public static readonly CaErrorCode CaSignatureInvalid = new(
        "ca.signature_invalid",
        422,
        "A signature in the chain does not verify.",
        "A certificate of another authority with the same name, or a damaged copy.",
        "Check that every certificate was signed by the next one."
    );

    public static readonly CaErrorCode CaNonconformant = new(
        "ca.nonconformant",
        422,
        "The certificate breaks RFC 5280: unknown critical or duplicate extension, bad serial number or bad time.",
        "A custom issuing tool that does not follow RFC 5280.",
        "Issue it again with a conforming tool."
    );

    public static readonly CaErrorCode CaAnchorForbidden = new(
        "ca.anchor_forbidden",
        422,
        "The certificate must not be an anchor of a tunnel: it is a leaf, or an authority that the whole machine trusts.",
        "A server certificate, a public authority's root, or one of the operating system's trust store.",
        "Use an authority of your own for the tunnel; or upload it with allow_public_anchor and have that approved."
    );

    public static readonly CaErrorCode CaPkcs12 = new(
        "ca.pkcs12",
        400,
        "The file is not a PKCS#12 file with exactly one private key that this password opens.",
        "A wrong password, several keys, none, or protection with RC2, RC4 or triple DES.",
        "Export one key again: openssl pkcs12 -export with AES and PBKDF2, which is the default of OpenSSL 3."
    );

    public static readonly CaErrorCode CaKdfCost = new(
        "ca.kdf_cost",
        400,
        "The file requires more key derivation iterations than the service accepts.",
        "The iteration count would occupy the service for minutes.",
        "Export it again with at most 1,000,000 iterations."
    );

    public static readonly CaErrorCode CaTrialFailed = new(
        "ca.trial_failed",
        422,
        "A trial certificate under this authority does not verify.",
        "A combination of constraints that no single check sees.",
        "Read the verdict in the message; usually a constraint in the chain above forbids it."
    );

    public static readonly CaErrorCode CrlMalformed = new(
        "crl.malformed",
        422,
        "The input is not one revocation list.",
        "Text around the block, a truncated copy, or another PEM type.",
        "Send one PEM block X509 CRL, or base64 of the DER."
    );

    public static readonly CaErrorCode CrlTooLarge = new(
        "crl.too_large",
        422,
        "The revocation list is larger than its limit.",
        "One list for everything that an authority ever revoked.",
        "Let the authority drop expired entries, or split its lists."
    );

    public static readonly CaErrorCode CrlIssuer = new(
        "crl.issuer",
        422,
        "The revocation list is not one of this authority.",
        "A list of another authority, of another key of it, or of an authority that may not sign lists.",
        "Import the list that the registered certificate's own key signed."
    );

    public static readonly CaErrorCode CrlSignatureInvalid = new(
        "crl.signature_invalid",
        422,
        "The revocation list's signature does not verify.",
        "A damaged copy, or a hash that is too weak.",
        "Fetch the list again from where the authority publishes it."
    );

    public static readonly CaErrorCode CrlExpired = new(
        "crl.expired",
        422,
        "The revocation list is not current: its nextUpdate is past or missing, or its thisUpdate is in the future.",
        "An old copy, or an authority that no longer publishes.",
        "Import the newest list."
    );

    public static readonly CaErrorCode CrlNumberBackwards = new(
        "crl.number_backwards",
        422,
        "The revocation list is not newer than the present one.",
        "An older copy, or an authority restored from a backup.",
        "Publish a list with a greater number."
    );

    public static readonly CaErrorCode CrlEntryVanished = new(
        "crl.entry_vanished",
        422,
        "An entry of the present list is missing or changed, and its certificate has not expired.",
        "A list for other certificates, or a revocation that was removed.",
        "Import a complete list; set allow_removed if the authority removes expired entries."
    );

    public static readonly CaErrorCode CrlDelta = new(
        "crl.delta",
        422,
        "The revocation list is a delta.",
        "A delta list was sent, which has only the changes since another list.",
        "Import the complete list."
    );

    public static readonly CaErrorCode CrlIndirect = new(
        "crl.indirect",
        422,
        "The revocation list also speaks for other issuers.",
        "An indirect list.",
        "Import a list that the authority signed for its own certificates."
    );

    public static readonly CaErrorCode CrlNonconformant = new(
        "crl.nonconformant",
        422,
        "The revocation list breaks RFC 5280 or does not cover everything.",
        "Version 1, no number, an unknown critical extension, or only some reasons.",
        "Publish a version 2 list with a number for all reasons."
    );

    public static readonly CaErrorCode CrlLintFailed = new(
        "crl.lint_failed",
        500,
        "The revocation list that would have been signed breaks a rule; the present one stays.",
        "The list violates a rule of the service's own lint set.",
        "Report it with the log entry: this is a defect of the service."
    );

    /// <summary>All codes, in the order of the tables in the documentation.</summary>
    public static IReadOnlyList<CaErrorCode> All { get; } =
    [
        RequestTooLarge,
        RequestInvalid,
        CsrSignatureInvalid,
        CsrMalformed,
        CsrTrailingData,
        CsrSignatureAlgorithm,
        CsrExtensionForbidden,
        KeyWeak,
        KeyUnsupported,
        KeyIsCaKey,
        NameNotAuthorised,
        NameCnMismatch,
        NameMissingSan,
        NameInvalid,
        NameWildcardForbidden,
        NameTypeForbidden,
        NameConstraintViolation,
        ProfileEku,
        ValidityInvalid,
        ValidityNotBefore,
        LintFailed,
        TbsMismatch,
        SignerBadSignature,
        SignerUnavailable,
        CaMalformed,
        CaSecretInInput,
        CaKeyMismatch,
        CaNotACa,
        CaKeyUsage,
        CaPathLength,
        CaEku,
        CaNameConstraints,
        CaValidity,
        CaChain,
        CaIdentifiers,
        CaWeak,
        CaSignatureInvalid,
        CaNonconformant,
        CaAnchorForbidden,
        CaPkcs12,
        CaKdfCost,
        CaTrialFailed,
        CrlMalformed,
        CrlTooLarge,
        CrlIssuer,
        CrlSignatureInvalid,
        CrlExpired,
        CrlNumberBackwards,
        CrlEntryVanished,
        CrlDelta,
        CrlIndirect,
        CrlNonconformant,
        CrlLintFailed,
    ];
}
