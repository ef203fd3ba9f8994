using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tokens.SigningKeys;

internal interface ITokenSigningKeyStore
{
    /// <summary>All keys, unsealed, by the time from which they sign.</summary>
    ValueTask<IReadOnlyList<TokenSigningKey>> AllAsync(CancellationToken cancellationToken);

    /// <summary>The private half is sealed.</summary>
    Statement Insert(TokenSigningKey key);

    Statement Delete(string keyId);
}
