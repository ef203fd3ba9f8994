using Culvert.Platform.Secrets;

namespace Culvert.Tunnel.Agent.Configuration;

/// <summary>A secret that only a person replaces.</summary>
/// <param name="Setting">The key in the agent's file, or the variable that the agent reads without a setting.</param>
/// <param name="Kind">One of <see cref="Platform.Wire.StaticSecretKind"/>.</param>
/// <param name="Reference">Where it is.</param>
internal sealed record StaticSecret(string Setting, string Kind, SecretReference Reference);
