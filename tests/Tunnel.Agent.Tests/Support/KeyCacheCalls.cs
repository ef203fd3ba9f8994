using Culvert.Jose.Algorithms;
using Culvert.Platform.Issuers;
using Culvert.Tunnel.Agent.Authorization;

namespace Culvert.Tunnel.Agent.Tests.Support;

/// <summary>Calls of a key cache where no two keys have one name, so that the token's algorithm decides nothing.</summary>
internal static class KeyCacheCalls
{
    public static ValueTask<KeyLookup> FindAsync(
        this IssuerKeyCache keys,
        string? keyId,
        CancellationToken cancellationToken
    ) => keys.FindAsync(keyId, JwsAlgorithm.ES256, cancellationToken);
}
