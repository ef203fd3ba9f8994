namespace Culvert.Identity.Service.Console.Shared;

internal sealed record CallMatrixColumn(string TunnelId, string Route);
