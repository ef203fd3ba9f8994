using Culvert.Jose.Keys;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>A key set as its issuer last confirmed it. Immutable; replaced whole.</summary>
/// <param name="Set">The keys that can be used.</param>
/// <param name="FetchedAt">When the fetch began.</param>
/// <param name="FreshFor">How long it needs no other.</param>
/// <param name="Document">The set as it came.</param>
internal sealed record HeldKeys(JwkSet Set, DateTimeOffset FetchedAt, TimeSpan FreshFor, string Document);
