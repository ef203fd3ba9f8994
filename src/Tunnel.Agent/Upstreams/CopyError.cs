namespace Culvert.Tunnel.Agent.Upstreams;

/// <summary>Why an answer could not be passed on to its end.</summary>
internal sealed record CopyError(CopySide Side, string Detail);
