using Culvert.Platform.Issuers;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>What overrides an issuer's key cache on every node.</summary>
/// <param name="Kill">Null if nothing is killed.</param>
/// <param name="PausedAt">When polling of its keys was paused; null if it is not.</param>
internal sealed record IssuerControl(IssuerKill? Kill, DateTimeOffset? PausedAt)
{
    public static readonly IssuerControl None = new(null, null);
}
