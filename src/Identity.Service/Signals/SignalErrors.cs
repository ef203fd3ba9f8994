using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Signals;

/// <summary>Why a security event token is refused; the names on the wire are those of RFC 8935 §2.4.</summary>
internal static class SignalErrors
{
    public static readonly ErrorCode InvalidRequest = new(
        "signals.invalid_request",
        400,
        "The body is not an acceptable security event token.",
        "It is not application/secevent+jwt, a signed token of the type secevent+jwt, or a claim of it is missing, malformed, too old or in the future.",
        "Correct the transmitter as the description says; the stream's last_refusal has the same text."
    )
    {
        SecurityEventError = "invalid_request",
    };

    public static readonly ErrorCode InvalidKey = new(
        "signals.invalid_key",
        400,
        "The key that signed the token is not acceptable.",
        "The key set at jwks_uri has no key with that kid, the key is for another algorithm, or an administrator killed it.",
        "Compare the token's kid with the key set at the stream's jwks_uri."
    )
    {
        SecurityEventError = "invalid_key",
    };

    public static readonly ErrorCode InvalidIssuer = new(
        "signals.invalid_issuer",
        400,
        "The token is of another issuer.",
        "Its iss is not the stream's transmitter_issuer, byte for byte.",
        "Set transmitter_issuer to the iss of the transmitter's configuration document, or push to the URL of the right stream."
    )
    {
        SecurityEventError = "invalid_issuer",
    };

    public static readonly ErrorCode InvalidAudience = new(
        "signals.invalid_audience",
        400,
        "The token is for another audience.",
        "Neither its aud nor an element of it is the stream's audience.",
        "Configure the same audience at the transmitter and in the stream."
    )
    {
        SecurityEventError = "invalid_audience",
    };

    public static readonly ErrorCode AuthenticationFailed = new(
        "signals.authentication_failed",
        400,
        "The token's signature does not prove its transmitter.",
        "The signature is invalid, or its algorithm is none or not supported.",
        "Check the transmitter's signing key; a token that was changed on its way is refused, too."
    )
    {
        SecurityEventError = "authentication_failed",
    };

    public static readonly ErrorCode KeysUnavailable = new(
        "signals.keys_unavailable",
        503,
        "The transmitter's keys cannot be fetched.",
        "The key set at jwks_uri is unreachable, unusable, or was not confirmed for too long.",
        "The transmitter retries; the stream's last_fetch_failure has the reason."
    );
}
