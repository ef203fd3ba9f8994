using System.Security.Cryptography;
using System.Text;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Sealing;
using Culvert.Jose.Keys;

namespace Culvert.Identity.Service.Tokens.SigningKeys;

internal sealed class TokenSigningKeyStore(Database database, Sealer sealer, TokenKeyHsm hsm)
{
    private const string Table = "token_signing_keys";
    private const string Column = "private_key";

    /// <summary>All keys, unsealed, by the time from which they sign.</summary>
    public async ValueTask<IReadOnlyList<TokenSigningKey>> AllAsync(CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<Row>(
            "SELECT key_id AS KeyId, private_key AS PrivateKey, created_at_ms AS CreatedAt, "
                + "active_from_ms AS ActiveFrom, generation AS Generation, custody AS Custody "
                + "FROM token_signing_keys ORDER BY active_from_ms, generation",
            cancellationToken
        );
        return [.. rows.Select(Open)];
    }

    /// <summary>Conflict: <see cref="SigningKeyConflict.Made"/> if there is a key of that generation.</summary>
    public Statement Insert(TokenSigningKey key)
    {
        var secret = key.Label is { } label ? Encoding.UTF8.GetBytes(label) : key.Key.ExportPkcs8();
        try
        {
            return new Statement(
                "INSERT INTO token_signing_keys (key_id, private_key, created_at_ms, active_from_ms, generation, custody) "
                    + "VALUES (@KeyId, @PrivateKey, @CreatedAt, @ActiveFrom, @Generation, @Custody)",
                new
                {
                    key.KeyId,
                    PrivateKey = sealer.Seal(Table, key.KeyId, Column, secret),
                    CreatedAt = key.CreatedAt.ToStore(),
                    ActiveFrom = key.ActiveFrom.ToStore(),
                    key.Generation,
                    Custody = WireNames.Of(key.Custody),
                }
            ).Unique(SigningKeyConflict.Made);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>Makes a published key sign from then on. Conflict: <see cref="SigningKeyConflict.Changed"/>.</summary>
    public Statement Activate(string keyId, DateTimeOffset from) =>
        new Statement(
            "UPDATE token_signing_keys SET active_from_ms = @From WHERE key_id = @keyId AND active_from_ms > @From",
            new { keyId, From = from.ToStore() }
        ).ExpectingOne(SigningKeyConflict.Changed);

    /// <summary>Conflict: <see cref="SigningKeyConflict.Changed"/> if it does not exist.</summary>
    public Statement Delete(string keyId) =>
        new Statement("DELETE FROM token_signing_keys WHERE key_id = @keyId", new { keyId }).ExpectingOne(
            SigningKeyConflict.Changed
        );

    private TokenSigningKey Open(Row row)
    {
        var secret = sealer.Unseal(Table, row.KeyId, Column, row.PrivateKey);
        try
        {
            var custody = WireNames.Parse<KeyCustody>(row.Custody);
            var label = custody == KeyCustody.Pkcs11 ? Encoding.UTF8.GetString(secret) : null;
            var key = label is null ? SigningKey.ImportPkcs8(secret) : hsm.Open(label);
            return new TokenSigningKey(
                // The row is bound to its key: another key in the HSM under this label must not sign in its name.
                key.KeyId == row.KeyId
                    ? key
                    : throw new StoreException($"The key {row.KeyId} is another than stored."),
                Instants.FromStore(row.CreatedAt),
                Instants.FromStore(row.ActiveFrom),
                row.Generation
            )
            {
                Custody = custody,
                Label = label,
            };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private sealed record Row
    {
        public required string KeyId { get; init; }

        public required byte[] PrivateKey { get; init; }

        public long CreatedAt { get; init; }

        public long ActiveFrom { get; init; }

        public long Generation { get; init; }

        public required string Custody { get; init; }
    }
}
