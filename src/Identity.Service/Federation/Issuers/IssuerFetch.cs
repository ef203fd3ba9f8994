using Culvert.Platform.Fetching;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>One document to fetch for an issuer, and what may be dialled and believed for it (S27).</summary>
/// <param name="Url">Where.</param>
/// <param name="Field">The setting that leads there, for refusals.</param>
/// <param name="Issuer">Whose allowance and roots hold.</param>
/// <param name="EntityTag">Of the existing copy; null = none.</param>
/// <param name="Observation">Filled on the way, when the caller needs it.</param>
internal sealed record IssuerFetch(
    Uri Url,
    string Field,
    Issuer Issuer,
    string? EntityTag = null,
    FetchObservation? Observation = null
);
