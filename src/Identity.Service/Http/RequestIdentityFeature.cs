namespace Culvert.Identity.Service.Http;

internal sealed record RequestIdentityFeature(string RequestId);
