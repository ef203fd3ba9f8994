namespace Culvert.Identity.Service.Console.Shared;

/// <summary>A route of a tunnel.</summary>
internal sealed record CallMatrixColumn(string TunnelId, string Route);
