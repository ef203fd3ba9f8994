namespace Culvert.Tunnel.Agent.Imports;

/// <summary>A proxy of an imported file, in the parts that <c>agent.yaml</c> keeps apart.</summary>
/// <param name="Url">The URL without a user.</param>
/// <param name="UserName">Empty for none.</param>
/// <param name="Password">A reference; empty for none.</param>
internal sealed record ImportedProxy(string Url, string UserName, string Password);
