using System.Security.Cryptography;
using Culvert.Ca.Revocation.Ocsp;

namespace Culvert.Identity.Service.Certificates.Revocation.Ocsp;

internal sealed record OcspAnswer(ReadOnlyMemory<byte> Bytes, OcspResult Result)
{
    /// <summary>The certificates' states, in the request's order.</summary>
    public IReadOnlyList<OcspStatus> Statuses { get; init; } = [];

    public DateTimeOffset ThisUpdate { get; init; }

    public DateTimeOffset NextUpdate { get; init; }

    /// <summary>The same for every caller with the same request: HTTP caches may store it.</summary>
    public bool IsShared { get; init; }

    public string Tag => $"\"{Convert.ToHexStringLower(SHA256.HashData(Bytes.Span)[..16])}\"";

    public static OcspAnswer Refused(OcspResult result) => new(OcspAnswers.Refuse(result), result);
}
