namespace Culvert.Identity.Service.Http;

/// <summary>A request's id, on the request.</summary>
internal sealed record RequestIdentityFeature(string RequestId);
