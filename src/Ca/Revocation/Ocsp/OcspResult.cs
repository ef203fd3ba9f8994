namespace Culvert.Ca.Revocation.Ocsp;

/// <summary>The status of a response, with the numbers of RFC 6960 §4.2.1.</summary>
public enum OcspResult
{
    Successful = 0,

    /// <summary>The request violates RFC 6960 §4.1, or is too large.</summary>
    MalformedRequest = 1,

    /// <summary>The responder cannot answer now; the same request may succeed later.</summary>
    TryLater = 3,

    /// <summary>This responder does not answer for the authority.</summary>
    Unauthorized = 6,
}
