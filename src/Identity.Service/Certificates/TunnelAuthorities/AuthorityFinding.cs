namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>One thing that is wrong with an uploaded chain.</summary>
/// <param name="Code">The stable error code.</param>
internal sealed record AuthorityFinding(string Code, string Message);
