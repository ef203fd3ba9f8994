using Culvert.Jose.Keys;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>A key set as its issuer last confirmed it. Immutable; replaced whole.</summary>
internal sealed record HeldKeys(JwkSet Set, DateTimeOffset FetchedAt, TimeSpan FreshFor);
