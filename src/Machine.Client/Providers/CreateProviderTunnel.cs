namespace Culvert.Machine.Client.Providers;

/// <summary>Body of <c>POST /v1/tunnels</c>.</summary>
internal sealed record CreateProviderTunnel(string DisplayName);
