namespace Culvert.Tunnel.Agent.Policy.Answers.Masks;

/// <summary>What numbers of accounts, cards and phones have in common.</summary>
internal static class NumberText
{
    /// <summary>A separator between the groups of a number: a space, one that does not break a line, or a dash.</summary>
    public static bool IsGap(char c) => c is ' ' or '\u00A0' or '\u202F' or '\u2009' or '-' or '\u2010' or '\u2011';

    public static bool IsDigitAt(ReadOnlySpan<char> text, int at) => at < text.Length && char.IsAsciiDigit(text[at]);
}
