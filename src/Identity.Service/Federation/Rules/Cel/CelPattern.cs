namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary>
/// A regular expression in RE2's syntax, without what needs backtracking or tables: characters, <c>.</c>, classes,
/// groups, alternatives, repetitions, <c>^ $ \A \z \b \B</c> and <c>\d \w \s</c> for ASCII, as in RE2. All states are
/// followed in parallel, so a text costs at most its length times the pattern's size, which is charged to the
/// evaluation's budget.
/// </summary>
internal sealed class CelPattern
{
    // About as much work as a node of an expression.
    private const int StatesPerStep = 2;

    private readonly CelPatternInstruction[] program;
    private readonly bool isAnchored;

    private CelPattern(CelPatternInstruction[] program, string anchoredPrefix)
    {
        this.program = program;
        isAnchored = program[0].Kind == CelPatternKind.Begin;
        AnchoredPrefix = anchoredPrefix;
    }

    /// <summary>A prefix of every matching text; empty if the pattern does not show one.</summary>
    public string AnchoredPrefix { get; }

    public static bool TryParse(string text, out CelPattern pattern, out string error)
    {
        pattern = null!;
        error = "";
        try
        {
            var parser = new CelPatternParser(text);
            var program = parser.Parse();
            pattern = new CelPattern(program, parser.AnchoredPrefix);
            return true;
        }
        catch (CelSyntaxException refused)
        {
            error = $"the pattern, {refused.Error}";
            return false;
        }
    }

    /// <summary>Whether a part of the text matches; null if the budget runs out before that is known.</summary>
    public bool? IsMatch(string text, CelFrame frame)
    {
        // Charged in advance: the number of threads depends on the pattern's length, however short the text.
        if (!frame.Spend(1 + (program.Length / StatesPerStep)))
        {
            return null;
        }

        var current = new CelPatternThreads(program.Length);
        var next = new CelPatternThreads(program.Length);
        var previous = -1;
        var position = 0;
        while (true)
        {
            var code = position < text.Length ? CodePointAt(text, position) : -1;
            // A match may begin at every position, unless the pattern is anchored.
            if (position == 0 || !isAnchored)
            {
                current.Add(program, 0, previous, code);
            }

            if (current.HasMatched)
            {
                return true;
            }

            if (code < 0 || (isAnchored && current.Consuming.IsEmpty))
            {
                return false;
            }

            if (!frame.Spend(1 + (current.Visited / StatesPerStep)))
            {
                return null;
            }

            position += code > char.MaxValue ? 2 : 1;
            var following = position < text.Length ? CodePointAt(text, position) : -1;
            next.Clear();
            foreach (var thread in current.Consuming)
            {
                if (program[thread].Accepts(code))
                {
                    next.Add(program, program[thread].Next, code, following);
                }
            }

            (current, next) = (next, current);
            previous = code;
        }
    }

    private static int CodePointAt(string text, int position) =>
        char.IsHighSurrogate(text[position]) && position + 1 < text.Length && char.IsLowSurrogate(text[position + 1])
            ? char.ConvertToUtf32(text[position], text[position + 1])
            : text[position];
}
