namespace Culvert.Identity.Service.Console.Shared;

/// <summary>A caller.</summary>
/// <param name="Name">Its subject, or what else it is known by.</param>
/// <param name="Detail">Its client and issuer; empty where neither is known.</param>
internal sealed record CallMatrixRow(string Name, string Detail, IReadOnlyList<CallMatrixCell> Cells);
