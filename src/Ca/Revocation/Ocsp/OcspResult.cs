namespace Culvert.Ca.Revocation.Ocsp;

/// <summary>What an answer says about its request, with the numbers of RFC 6960 §4.2.1.</summary>
public enum OcspResult
{
    /// <summary>The answer holds the states of certificates.</summary>
    Successful = 0,

    /// <summary>The request is not one that RFC 6960 §4.1 allows, or larger than we accept.</summary>
    MalformedRequest = 1,

    /// <summary>The responder cannot answer now; the same request may succeed later.</summary>
    TryLater = 3,

    /// <summary>This responder does not answer for that authority.</summary>
    Unauthorized = 6,
}
