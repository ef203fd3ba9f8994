namespace Culvert.Documentation.Tests.Security;

/// <param name="Cells">All but the last.</param>
/// <param name="Tests">What the last cell names.</param>
internal sealed record ProofRow(IReadOnlyList<string> Cells, IReadOnlyList<string> Tests)
{
    public string Subject => Cells[0];
}
