using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.Issuance;

internal sealed class AnchorKeyStore(Database database)
{
    /// <summary>Rows from before the key column: id and PEM.</summary>
    public async ValueTask<IReadOnlyList<(string Id, string Pem)>> ListWithoutKeyAsync(
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<(string, string)>(
            "SELECT id, certificate_pem FROM registered_certificates WHERE spki_sha256 IS NULL",
            cancellationToken
        );
        return [.. rows];
    }

    public Statement SetKey(string id, string spkiSha256) =>
        new("UPDATE registered_certificates SET spki_sha256 = @spkiSha256 WHERE id = @id", new { id, spkiSha256 });
}
