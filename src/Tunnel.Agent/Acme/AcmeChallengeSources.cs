namespace Culvert.Tunnel.Agent.Acme;

/// <summary>How an order announces its challenges, and what else is announced.</summary>
/// <param name="Gate">Announces challenges of this agent.</param>
/// <param name="Registry">The challenges that the agents of the tunnel have announced.</param>
internal sealed record AcmeChallengeSources(IChallengeGate Gate, ChallengeRegistry Registry);
