namespace Culvert.Identity.Service.Console.Shared;

/// <summary>The calls of one caller, in a <see cref="CallMatrix"/>.</summary>
/// <param name="Name">The caller's subject, or another identifier of the caller.</param>
/// <param name="Detail">The caller's client id and issuer; empty if neither is known.</param>
/// <param name="Cells">One cell for each column of the matrix.</param>
internal sealed record CallMatrixRow(string Name, string Detail, IReadOnlyList<CallMatrixCell> Cells);
