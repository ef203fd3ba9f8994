using System.Globalization;

namespace Culvert.Identity.Service.Certificates.Revocation;

/// <summary>How an authority's lists are divided and fetched; never changed, because certificates contain it.</summary>
/// <param name="Shards">A power of two.</param>
/// <param name="BaseUrl">Without a trailing slash.</param>
internal sealed record RevocationPoint(string CaId, int Shards, string BaseUrl, DateTimeOffset CreatedAt)
{
    public const string Path = "/v1/crl";

    /// <summary>The address of one list, in certificates and in the list itself.</summary>
    public string GetAddress(int shard) =>
        string.Create(CultureInfo.InvariantCulture, $"{BaseUrl}{Path}/{CaId}/{shard}.crl");
}
