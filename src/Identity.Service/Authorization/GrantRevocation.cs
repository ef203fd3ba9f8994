using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tokens.Revocations;

namespace Culvert.Identity.Service.Authorization;

/// <summary>Ends the refresh grants whose tokens are revoked.</summary>
internal sealed class GrantRevocation : IRevocationEffect
{
    public IReadOnlyList<Statement> End(TokenRevocation revocation) =>
        RefreshGrantStore.EndRevoked(revocation) is { } statement ? [statement] : [];
}
