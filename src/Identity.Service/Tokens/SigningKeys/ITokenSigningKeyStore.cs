using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tokens.SigningKeys;

internal interface ITokenSigningKeyStore
{
    /// <summary>All keys, opened, by the time from which they sign.</summary>
    ValueTask<IReadOnlyList<TokenSigningKey>> AllAsync(CancellationToken cancellationToken);

    /// <summary>Conflict: <see cref="SigningKeyConflict.Made"/> when there is a key of that generation.</summary>
    Statement Insert(TokenSigningKey key);

    /// <summary>Makes a published key sign from then on. Conflict: <see cref="SigningKeyConflict.Changed"/>.</summary>
    Statement Activate(string keyId, DateTimeOffset from);

    /// <summary>Conflict: <see cref="SigningKeyConflict.Changed"/> when it is not there.</summary>
    Statement Delete(string keyId);
}
