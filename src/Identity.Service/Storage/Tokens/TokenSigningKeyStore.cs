using System.Security.Cryptography;
using Culvert.Identity.Service.Storage.Sealing;
using Culvert.Identity.Service.Tokens.SigningKeys;
using Culvert.Jose.Keys;
using Dapper;

namespace Culvert.Identity.Service.Storage.Tokens;

internal sealed class TokenSigningKeyStore(Database database, ISealer sealer) : ITokenSigningKeyStore
{
    private const string Table = "token_signing_keys";
    private const string Column = "private_key";

    public async ValueTask<IReadOnlyList<TokenSigningKey>> AllAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenReadAsync(cancellationToken);
        var rows = await connection.QueryAsync<Row>(
            new CommandDefinition(
                "SELECT key_id AS KeyId, private_key AS PrivateKey, created_at_ms AS CreatedAt, "
                    + "active_from_ms AS ActiveFrom FROM token_signing_keys ORDER BY active_from_ms, key_id",
                cancellationToken: cancellationToken
            )
        );
        return [.. rows.Select(Open)];
    }

    public Statement Insert(TokenSigningKey key)
    {
        var pkcs8 = key.Key.ExportPkcs8();
        try
        {
            return new Statement(
                "INSERT INTO token_signing_keys (key_id, private_key, created_at_ms, active_from_ms) "
                    + "VALUES (@KeyId, @PrivateKey, @CreatedAt, @ActiveFrom)",
                new
                {
                    key.KeyId,
                    PrivateKey = sealer.Seal(Table, key.KeyId, Column, pkcs8),
                    CreatedAt = key.CreatedAt.ToStore(),
                    ActiveFrom = key.ActiveFrom.ToStore(),
                }
            );
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    public Statement Delete(string keyId) => new("DELETE FROM token_signing_keys WHERE key_id = @keyId", new { keyId });

    private TokenSigningKey Open(Row row)
    {
        var pkcs8 = sealer.Unseal(Table, row.KeyId, Column, row.PrivateKey);
        try
        {
            return new TokenSigningKey(
                SigningKey.ImportPkcs8(pkcs8),
                Instants.FromStore(row.CreatedAt),
                Instants.FromStore(row.ActiveFrom)
            );
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    private sealed record Row
    {
        public required string KeyId { get; init; }

        public required byte[] PrivateKey { get; init; }

        public long CreatedAt { get; init; }

        public long ActiveFrom { get; init; }
    }
}
