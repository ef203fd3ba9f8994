namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>No members yet; a body may be absent.</summary>
internal sealed record ActivateAuthorityRequest
{
    public static ActivateAuthorityRequest None { get; } = new();
}
