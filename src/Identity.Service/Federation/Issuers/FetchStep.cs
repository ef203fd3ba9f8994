using Culvert.Platform.Fetching;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>One document that was asked for, and what came of it.</summary>
internal sealed record FetchStep(string Field, Uri Url, FetchObservation Observation, FetchedDocument Fetched);
