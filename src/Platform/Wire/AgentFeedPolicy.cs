namespace Culvert.Platform.Wire;

/// <summary>The active version of a route's policy, for agents that take their policies from the service.</summary>
/// <param name="Hostname">The route's hostname: the tunnel's domain, or one label below it.</param>
/// <param name="Id"><c>pol_…</c>.</param>
/// <param name="Digest">SHA-256 of the text in UTF-8, lower-case hexadecimal.</param>
/// <param name="Text">The policy in YAML, as in a file's <c>policy</c> section.</param>
public sealed record AgentFeedPolicy(string Hostname, string Id, long Version, string Digest, string Text);
