using Culvert.Ca.Certificates;
using Culvert.Ca.Keys;
using Culvert.Ca.Names;

namespace Culvert.Ca.Requests;

/// <summary>
/// A strictly parsed signing request whose signature proves possession of the key. Only the key is used for the certificate;
/// the names are compared with the granted ones, never copied.
/// </summary>
public sealed record ParsedRequest
{
    public required SubjectPublicKey PublicKey { get; init; }

    public required DistinguishedName Subject { get; init; }

    /// <summary>Requested names; empty without a subject alternative name.</summary>
    public required IReadOnlyList<GeneralName> Names { get; init; }

    /// <summary>Requested purposes; null when absent.</summary>
    public required IReadOnlyList<string>? ExtendedKeyUsages { get; init; }

    /// <summary>Requested key usage; null when absent.</summary>
    public required KeyUsages? KeyUsage { get; init; }
}
