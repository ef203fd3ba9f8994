namespace Culvert.Tunnel.Agent.Upstreams;

/// <summary>Why a response body could not be copied to its end.</summary>
internal sealed record CopyError(CopySide Side, string Detail);
