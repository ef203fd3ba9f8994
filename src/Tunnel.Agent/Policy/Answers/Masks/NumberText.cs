namespace Culvert.Tunnel.Agent.Policy.Answers.Masks;

/// <summary>What numbers of accounts, cards and phones have in common.</summary>
internal static class NumberText
{
    /// <summary>A separator between the groups of a number: a dash or a space, also one without a line break.</summary>
    public static bool IsGap(char c) => c is ' ' or '\u00A0' or '\u202F' or '\u2009' or '-' or '\u2010' or '\u2011';

    public static bool IsDigitAt(ReadOnlySpan<char> text, int at) => at < text.Length && char.IsAsciiDigit(text[at]);
}
