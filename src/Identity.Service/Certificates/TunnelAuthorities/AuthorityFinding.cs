namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>One thing that is wrong with an uploaded chain.</summary>
internal sealed record AuthorityFinding
{
    /// <summary>The stable error code.</summary>
    public required string Code { get; init; }

    public required string Message { get; init; }
}
