using Culvert.Jose.Keys;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>A key set as its issuer last confirmed it. Immutable; replaced whole.</summary>
/// <param name="FetchedAt">When the fetch began.</param>
/// <param name="FreshFor">The time until the next fetch.</param>
internal sealed record HeldKeys(JwkSet Set, DateTimeOffset FetchedAt, TimeSpan FreshFor, string Document);
