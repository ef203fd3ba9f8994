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

    private static readonly Columns<Row> Columns = new(Table);

    /// <summary>All keys, unsealed, by the time from which they sign.</summary>
    public async ValueTask<IReadOnlyList<TokenSigningKey>> AllAsync(CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<Row>(
            Columns.Select + " ORDER BY active_from_ms, generation",
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
            return Columns
                .Insert(
                    new Row(
                        key.KeyId,
                        sealer.Seal(Table, key.KeyId, Column, secret),
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
        new Statement(
            "UPDATE token_signing_keys SET active_from_ms = @From WHERE key_id = @keyId AND active_from_ms > @From",
            new { keyId, From = from.ToStore() }
        ).ExpectingOne();

    /// <summary>Deletes a key. The statement is stale if the key does not exist.</summary>
    public Statement Delete(string keyId) =>
        new Statement("DELETE FROM token_signing_keys WHERE key_id = @keyId", new { keyId }).ExpectingOne();

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
