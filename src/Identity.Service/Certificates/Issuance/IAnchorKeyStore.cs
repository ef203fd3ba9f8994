using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>The key column of registered certificates.</summary>
internal interface IAnchorKeyStore
{
    /// <summary>Rows whose key was not kept when they were made: id and PEM.</summary>
    ValueTask<IReadOnlyList<(string Id, string Pem)>> ListWithoutKeyAsync(CancellationToken cancellationToken);

    Statement SetKey(string id, string spkiSha256);
}
