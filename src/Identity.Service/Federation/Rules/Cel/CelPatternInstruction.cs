namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary>One state of a pattern.</summary>
/// <param name="Other">For a split: the second next state.</param>
/// <param name="Set">For a character: sorted pairs of first and last code point.</param>
internal sealed record CelPatternInstruction(CelPatternKind Kind, int Next, int Other = 0, CelPatternSet? Set = null)
{
    public bool Accepts(int code) => Set!.Contains(code);

    public bool IsAt(int previous, int following) =>
        Kind switch
        {
            CelPatternKind.Begin => previous < 0,
            CelPatternKind.End => following < 0,
            CelPatternKind.WordBoundary => IsWord(previous) != IsWord(following),
            CelPatternKind.NoWordBoundary => IsWord(previous) == IsWord(following),
            _ => true,
        };

    private static bool IsWord(int code) =>
        code is (>= '0' and <= '9') or (>= 'A' and <= 'Z') or (>= 'a' and <= 'z') or '_';
}
