namespace Culvert.Identity.Service.Console.Shared;

/// <param name="Name">Its subject, or another identifier.</param>
/// <param name="Detail">Its client and issuer; empty if neither is known.</param>
internal sealed record CallMatrixRow(string Name, string Detail, IReadOnlyList<CallMatrixCell> Cells);
