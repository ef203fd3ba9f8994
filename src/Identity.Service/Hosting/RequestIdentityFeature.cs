namespace Culvert.Identity.Service.Hosting;

/// <summary>A request's id, on the request.</summary>
internal sealed record RequestIdentityFeature(string RequestId);
