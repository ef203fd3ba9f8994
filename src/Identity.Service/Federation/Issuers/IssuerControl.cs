namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>What overrides an issuer's key cache on every node.</summary>
/// <param name="Kill">Null = nothing was killed.</param>
/// <param name="PausedAt">Since when its keys are no longer polled; null = they are.</param>
internal sealed record IssuerControl(IssuerKill? Kill, DateTimeOffset? PausedAt)
{
    public static readonly IssuerControl None = new(null, null);
}
