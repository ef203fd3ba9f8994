using System.Security.Cryptography;
using System.Text;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Sealing;
using Culvert.Jose.Algorithms;
using Culvert.Jose.Keys;

namespace Culvert.Identity.Service.Tokens.SigningKeys;

internal sealed class TokenSigningKeyStore(Database database, Sealer sealer, TokenKeyHsm hsm, SigningKeyFamily family)
{
    private const string Column = "private_key";

    // The names of tables are constants of the families.
    private readonly Columns<Row> columns = new(family.Table);
    private readonly string activate =
        $"UPDATE {family.Table} SET active_from_ms = @From WHERE key_id = @keyId AND active_from_ms > @From";
    private readonly string delete = $"DELETE FROM {family.Table} WHERE key_id = @keyId";

    public SigningKeyFamily Family => family;

    /// <summary>All keys, unsealed, by the time from which they sign.</summary>
    public async ValueTask<IReadOnlyList<TokenSigningKey>> AllAsync(CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<Row>(
            columns.Select + " ORDER BY active_from_ms, generation",
            cancellationToken
        );
        return [.. rows.Select(Open)];
    }

    /// <summary>Stale if there is a key of that generation: another node created it, and that key is used.</summary>
    public Statement Insert(TokenSigningKey key)
    {
        var secret = key.Label is { } label ? Encoding.UTF8.GetBytes(label) : key.Key.ExportPkcs8();
        try
        {
            return columns
                .Insert(
                    new Row(
                        key.KeyId,
                        sealer.Seal(family.Table, key.KeyId, Column, secret),
                        key.CreatedAt.ToStore(),
                        key.ActiveFrom.ToStore(),
                        key.Generation,
                        WireNames.Get(key.Custody)
                    )
                )
                .Unique();
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>Makes a published key sign from then on; stale if it does already, or does not exist.</summary>
    public Statement Activate(string keyId, DateTimeOffset from) =>
        new Statement(activate, new { keyId, From = from.ToStore() }).ExpectingOne();

    /// <summary>Deletes a key. The statement is stale if the key does not exist.</summary>
    public Statement Delete(string keyId) => new Statement(delete, new { keyId }).ExpectingOne();

    private TokenSigningKey Open(Row row)
    {
        var secret = sealer.Unseal(family.Table, row.KeyId, Column, row.PrivateKey);
        try
        {
            var custody = WireNames.Parse<KeyCustody>(row.Custody);
            var label = custody == KeyCustody.Pkcs11 ? Encoding.UTF8.GetString(secret) : null;
            var key =
                label is not null ? hsm.Open(label, family.Algorithm)
                : family.Algorithm == JwsAlgorithm.RS256 ? SigningKey.ImportRsaPkcs8(secret)
                : SigningKey.ImportPkcs8(secret);
            return new TokenSigningKey(
                // The row is bound to its key: another key in the HSM under this label must not sign in its name.
                key.KeyId == row.KeyId
                    ? key
                    : throw new StoreException($"The key {row.KeyId} is another than stored."),
                Instants.FromStore(row.CreatedAtMs),
                Instants.FromStore(row.ActiveFromMs),
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

    private sealed record Row(
        string KeyId,
        byte[] PrivateKey,
        long CreatedAtMs,
        long ActiveFromMs,
        long Generation,
        string Custody
    );
}
