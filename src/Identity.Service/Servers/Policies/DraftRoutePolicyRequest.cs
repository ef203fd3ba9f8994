namespace Culvert.Identity.Service.Servers.Policies;

/// <summary>A new version of a route's policy.</summary>
/// <param name="Hostname">The route's hostname: the tunnel's domain, or one label below it.</param>
/// <param name="Text">
/// The YAML that a configuration file would have under <c>policy</c>. It must contain <c>mode</c>.
/// </param>
/// <param name="Comment">A note for the reviewer.</param>
internal sealed record DraftRoutePolicyRequest(string Hostname, string Text, string? Comment = null)
{
    public const int MaxComment = 1000;
}
