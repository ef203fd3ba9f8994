namespace Culvert.Benchmarks.Figures;

/// <summary>What <c>./bench</c> measures under a name.</summary>
/// <param name="Bench">The measurement that prints it: the first word after <c>./bench</c>.</param>
/// <param name="Name">As it is printed; <c>*</c> is a part that depends on the run, such as a number of rows.</param>
/// <param name="Unit">Of the value and the floor.</param>
/// <param name="Meaning">What the value is, and what the floor is where there is one.</param>
internal sealed record FigureKind(string Bench, string Name, string Unit, string Meaning)
{
    public bool Describes(Figure figure) =>
        figure.Unit == Unit
        && figure.Name.Split('.') is var parts
        && Name.Split('.') is var pattern
        && parts.Length == pattern.Length
        && parts.Zip(pattern).All(pair => Fits(pair.First, pair.Second));

    private static bool Fits(string part, string pattern) =>
        pattern.IndexOf('*', StringComparison.Ordinal) is var star and >= 0
            ? part.Length > pattern.Length - 1
                && part.StartsWith(pattern[..star], StringComparison.Ordinal)
                && part.EndsWith(pattern[(star + 1)..], StringComparison.Ordinal)
            : part == pattern;
}
