using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Jose.Algorithms;
using Culvert.Jose.Keys;
using Culvert.Platform.Issuers;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>Calls of a key cache where no two keys have one name, so that the token's algorithm decides nothing.</summary>
internal static class KeyCacheCalls
{
    public static ValueTask<KeyLookup> FindAsync(
        this IssuerKeys keys,
        string? keyId,
        CancellationToken cancellationToken
    ) => keys.FindAsync(keyId, JwsAlgorithm.ES256, cancellationToken);

    public static ValueTask<VerificationKey?> ReplacementAsync(
        this IssuerKeys keys,
        VerificationKey failed,
        CancellationToken cancellationToken
    ) => keys.ReplacementAsync(failed, JwsAlgorithm.ES256, cancellationToken);
}
