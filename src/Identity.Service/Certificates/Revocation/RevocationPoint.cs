using System.Globalization;

namespace Culvert.Identity.Service.Certificates.Revocation;

/// <summary>
/// How an authority's lists are divided and where they are fetched; never changed, because certificates contain it.
/// </summary>
/// <param name="CaId"><c>ca_…</c>.</param>
/// <param name="Shards">A power of two.</param>
/// <param name="BaseUrl">Without a final slash.</param>
/// <param name="CreatedAt">When the authority was made.</param>
internal sealed record RevocationPoint(string CaId, int Shards, string BaseUrl, DateTimeOffset CreatedAt)
{
    public const string Path = "/v1/crl";

    /// <summary>The address of one list, as certificates and the list itself have it.</summary>
    public string GetAddress(int shard) =>
        string.Create(CultureInfo.InvariantCulture, $"{BaseUrl}{Path}/{CaId}/{shard}.crl");
}
