using System.Security.Cryptography;
using Culvert.Ca.Revocation.Ocsp;

namespace Culvert.Identity.Service.Certificates.Revocation.Ocsp;

/// <summary>An answer as it goes out.</summary>
/// <param name="Bytes">DER.</param>
/// <param name="Result">What it says of the request.</param>
internal sealed record OcspAnswer(ReadOnlyMemory<byte> Bytes, OcspResult Result)
{
    /// <summary>What it says of the certificates, in the request's order.</summary>
    public IReadOnlyList<OcspStatus> Statuses { get; init; } = [];

    /// <summary>As of when.</summary>
    public DateTimeOffset ThisUpdate { get; init; }

    /// <summary>Until when it may be used.</summary>
    public DateTimeOffset NextUpdate { get; init; }

    /// <summary>The same for every caller that asks the same: HTTP caches may keep it.</summary>
    public bool IsShared { get; init; }

    /// <summary>Entity tag of a shared one.</summary>
    public string Tag => $"\"{Convert.ToHexStringLower(SHA256.HashData(Bytes.Span)[..16])}\"";

    public static OcspAnswer Refused(OcspResult result) => new(OcspAnswers.Refuse(result), result);
}
