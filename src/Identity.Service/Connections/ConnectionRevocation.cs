using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tokens.Revocations;

namespace Culvert.Identity.Service.Connections;

/// <summary>Ends the grants at upstreams of the people whose tokens are revoked.</summary>
internal sealed class ConnectionRevocation : IRevocationEffect
{
    public IReadOnlyList<Statement> End(TokenRevocation revocation) =>
        ConnectionGrantStore.EndRevoked(revocation) is { } statement ? [statement] : [];
}
