using Culvert.Platform.Fetching;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>One requested document and the result.</summary>
internal sealed record FetchStep(string Field, Uri Url, FetchObservation Observation, FetchedDocument Fetched);
