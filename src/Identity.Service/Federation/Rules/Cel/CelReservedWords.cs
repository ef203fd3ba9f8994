namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary>Words reserved for host languages: fields may have these names, variables and functions may not.</summary>
internal static class CelReservedWords
{
    private static readonly HashSet<string> Words = new(StringComparer.Ordinal)
    {
        "as",
        "break",
        "const",
        "continue",
        "else",
        "for",
        "function",
        "if",
        "import",
        "let",
        "loop",
        "package",
        "namespace",
        "return",
        "var",
        "void",
        "while",
    };

    public static void Reject(CelToken name)
    {
        if (Words.Contains(name.Text))
        {
            throw new CelSyntaxException(name.Position, $"{name.Text} is a reserved word and names no variable.");
        }
    }
}
