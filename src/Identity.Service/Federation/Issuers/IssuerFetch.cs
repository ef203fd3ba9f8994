using Culvert.Platform.Fetching;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>One document to fetch for an issuer, and what may be dialled and trusted for it (S27).</summary>
/// <param name="Field">The setting that contains the URL, for refusals.</param>
/// <param name="Issuer">The issuer, whose allowed targets and trusted roots apply.</param>
/// <param name="EntityTag">The HTTP entity tag of the existing copy; null if there is none.</param>
/// <param name="Observation">Filled during the fetch, if the caller needs it.</param>
internal sealed record IssuerFetch(
    Uri Url,
    string Field,
    Issuer Issuer,
    string? EntityTag = null,
    FetchObservation? Observation = null
)
{
    /// <summary>The content to post; null = the document is got.</summary>
    public FetchPost? Post { get; init; }

    /// <summary>The largest answer; null = that of key sets.</summary>
    public int? MaxBytes { get; init; }
}
