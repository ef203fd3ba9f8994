namespace Culvert.Tunnel.Agent.Acme;

/// <summary>The gate that announces this agent's challenges, and the registry of all announced ones.</summary>
internal sealed record AcmeChallengeSources(IChallengeGate Gate, ChallengeRegistry Registry);
