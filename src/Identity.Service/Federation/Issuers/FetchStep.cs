using Culvert.Platform.Fetching;

namespace Culvert.Identity.Service.Federation.Issuers;

internal sealed record FetchStep(string Field, Uri Url, FetchObservation Observation, FetchedDocument Fetched);
