using System.Globalization;
using System.Text;

namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary>Parses a pattern into states. A feature of RE2 that is not supported is refused by name.</summary>
internal sealed class CelPatternParser(string text)
{
    // As in RE2.
    private const int MaxRepetition = 1000;
    private const int MaxDepth = 16;

    private readonly List<CelPatternInstruction> program = [];
    private int at;
    private int depth;

    public string AnchoredPrefix { get; private set; } = "";

    public CelPatternInstruction[] Parse()
    {
        var node = Alternatives();
        if (at < text.Length)
        {
            throw Error("')' closes nothing.");
        }

        AnchoredPrefix = GetPrefix(node);
        Emit(node);
        Add(new CelPatternInstruction(CelPatternKind.Match, 0));
        return [.. program];
    }

    private CelSyntaxException Error(string message) => new(at + 1, message);

    private CelPatternNode Alternatives()
    {
        var parts = new List<CelPatternNode> { Sequence() };
        while (at < text.Length && text[at] == '|')
        {
            at++;
            parts.Add(Sequence());
        }

        return parts.Count == 1 ? parts[0] : new CelPatternNode.Alternatives(parts);
    }

    private CelPatternNode.Sequence Sequence()
    {
        var parts = new List<CelPatternNode>();
        while (at < text.Length && text[at] is not ('|' or ')'))
        {
            parts.Add(Repeated(Atom()));
        }

        return new CelPatternNode.Sequence(parts);
    }

    private CelPatternNode Repeated(CelPatternNode part)
    {
        if (!TryReadRepetition(out var min, out var max))
        {
            return part;
        }

        if (part is CelPatternNode.Place)
        {
            throw Error("a place such as ^ cannot be repeated.");
        }

        // Greedy or lazy makes no difference to whether there is a match.
        if (at < text.Length && text[at] == '?')
        {
            at++;
        }

        return TryReadRepetition(out _, out _)
            ? throw Error("a repetition of a repetition; put the inner one in parentheses.")
            : new CelPatternNode.Repetition(part, min, max);
    }

    private bool TryReadRepetition(out int min, out int? max)
    {
        (min, max) = (0, null);
        if (at >= text.Length)
        {
            return false;
        }

        switch (text[at])
        {
            case '*':
                at++;
                return true;
            case '+':
                at++;
                min = 1;
                return true;
            case '?':
                at++;
                max = 1;
                return true;
            case '{':
                ReadBounds(out min, out max);
                return true;
            default:
                return false;
        }
    }

    private void ReadBounds(out int min, out int? max)
    {
        var end = text.IndexOf('}', at);
        var bounds = end < 0 ? [] : text[(at + 1)..end].Split(',');
        max = null;
        if (
            bounds.Length is not (1 or 2)
            || !int.TryParse(bounds[0], NumberStyles.None, CultureInfo.InvariantCulture, out min)
            || min > MaxRepetition
        )
        {
            throw Error(
                $"a repetition is {{n}}, {{n,}} or {{n,m}} with numbers up to {MaxRepetition}; else write \\{{."
            );
        }

        if (bounds.Length == 1)
        {
            max = min;
        }
        else if (bounds[1].Length > 0)
        {
            if (
                !int.TryParse(bounds[1], NumberStyles.None, CultureInfo.InvariantCulture, out var most)
                || most > MaxRepetition
                || most < min
            )
            {
                throw Error($"the second number of a repetition is from the first one up to {MaxRepetition}.");
            }

            max = most;
        }

        at = end + 1;
    }

    private CelPatternNode Atom()
    {
        var c = text[at];
        switch (c)
        {
            case '(':
                return Group();
            case '[':
                return new CelPatternNode.Characters(Class());
            case '.':
                at++;
                return new CelPatternNode.Characters(CelPatternSet.AllButNewLine);
            case '^':
                at++;
                return new CelPatternNode.Place(CelPatternKind.Begin);
            case '$':
                at++;
                return new CelPatternNode.Place(CelPatternKind.End);
            case '\\':
                return Escape();
            case '*' or '+' or '?' or '{':
                throw Error($"'{c}' repeats nothing; write \\{c} for the character.");
            default:
                return new CelPatternNode.Characters(CelPatternSet.From(CodePoint()));
        }
    }

    private CelPatternNode Group()
    {
        if (++depth > MaxDepth)
        {
            throw Error($"groups nested deeper than {MaxDepth}.");
        }

        at++;
        if (at < text.Length && text[at] == '?')
        {
            if (string.CompareOrdinal(text, at, "?:", 0, 2) != 0)
            {
                throw Error("of the groups that begin with (? only (?: is supported: no flags, names or assertions.");
            }

            at += 2;
        }

        var inner = Alternatives();
        if (at >= text.Length)
        {
            throw Error("')' is missing.");
        }

        at++;
        depth--;
        return inner;
    }

    private CelPatternNode Escape()
    {
        if (at + 1 >= text.Length)
        {
            throw Error("a backslash at the end.");
        }

        var c = text[at + 1];
        CelPatternKind? place = c switch
        {
            'A' => CelPatternKind.Begin,
            'z' => CelPatternKind.End,
            'b' => CelPatternKind.WordBoundary,
            'B' => CelPatternKind.NoWordBoundary,
            _ => null,
        };
        if (place is { } kind)
        {
            at += 2;
            return new CelPatternNode.Place(kind);
        }

        return new CelPatternNode.Characters(EscapedSet());
    }

    private CelPatternSet EscapedSet()
    {
        at++;
        var c = at < text.Length ? text[at++] : '\0';
        switch (c)
        {
            case 'd':
                return CelPatternSet.Digits;
            case 'D':
                return CelPatternSet.Digits.Complement();
            case 'w':
                return CelPatternSet.Words;
            case 'W':
                return CelPatternSet.Words.Complement();
            case 's':
                return CelPatternSet.Blanks;
            case 'S':
                return CelPatternSet.Blanks.Complement();
            case 'n':
                return CelPatternSet.From('\n');
            case 'r':
                return CelPatternSet.From('\r');
            case 't':
                return CelPatternSet.From('\t');
            case 'f':
                return CelPatternSet.From('\f');
            case 'v':
                return CelPatternSet.From('\v');
            case 'a':
                return CelPatternSet.From('\a');
            case > ' ' and <= '~' when !char.IsAsciiLetterOrDigit(c):
                return CelPatternSet.From(c);
            default:
                at -= 2;
                throw Error(
                    "this escape is not supported; use \\d \\w \\s \\b, their negations, or escaped punctuation."
                );
        }
    }

    private CelPatternSet Class()
    {
        var start = at++;
        var isNegated = at < text.Length && text[at] == '^';
        if (isNegated)
        {
            at++;
        }

        var ranges = new List<(int, int)>();
        var isFirst = true;
        while (true)
        {
            if (at >= text.Length)
            {
                at = start;
                throw Error("']' is missing.");
            }

            if (text[at] == ']' && !isFirst)
            {
                at++;
                break;
            }

            isFirst = false;
            AddToClass(ranges);
        }

        var set = new CelPatternSet(ranges);
        return isNegated ? set.Complement() : set;
    }

    private void AddToClass(List<(int First, int Last)> ranges)
    {
        if (string.CompareOrdinal(text, at, "[:", 0, 2) == 0)
        {
            throw Error("named classes are not supported; write a-z or \\d.");
        }

        var first = ClassSet();
        if (first.Single is not { } from || at + 1 >= text.Length || text[at] != '-' || text[at + 1] == ']')
        {
            ranges.AddRange(first.Ranges);
            return;
        }

        at++;
        if (ClassSet().Single is not { } to || to < from)
        {
            throw Error("a range runs from a character to one that is not before it.");
        }

        ranges.Add((from, to));
    }

    private CelPatternSet ClassSet() => text[at] == '\\' ? EscapedSet() : CelPatternSet.From(CodePoint());

    private int CodePoint()
    {
        _ = Rune.DecodeFromUtf16(text.AsSpan(at), out var rune, out var length);
        at += length;
        return rune.Value;
    }

    private int Add(CelPatternInstruction instruction)
    {
        if (program.Count == CelLimits.MaxPatternSize)
        {
            throw new CelSyntaxException(1, $"larger than {CelLimits.MaxPatternSize} states; use smaller repetitions.");
        }

        program.Add(instruction);
        return program.Count - 1;
    }

    // Each part ends by falling through to the state behind it.
    private void Emit(CelPatternNode node)
    {
        switch (node)
        {
            case CelPatternNode.Characters characters:
                Add(new CelPatternInstruction(CelPatternKind.Character, program.Count + 1, Set: characters.Set));
                break;
            case CelPatternNode.Place place:
                Add(new CelPatternInstruction(place.Kind, program.Count + 1));
                break;
            case CelPatternNode.Sequence sequence:
                foreach (var part in sequence.Parts)
                {
                    Emit(part);
                }

                break;
            case CelPatternNode.Alternatives alternatives:
                EmitAlternatives(alternatives.Parts);
                break;
            case CelPatternNode.Repetition repetition:
                EmitRepetition(repetition);
                break;
        }
    }

    private void EmitAlternatives(IReadOnlyList<CelPatternNode> parts)
    {
        var jumps = new List<int>();
        for (var i = 0; i < parts.Count - 1; i++)
        {
            var split = Add(new CelPatternInstruction(CelPatternKind.Split, program.Count + 1));
            Emit(parts[i]);
            jumps.Add(Add(new CelPatternInstruction(CelPatternKind.Jump, 0)));
            program[split] = program[split] with { Other = program.Count };
        }

        Emit(parts[^1]);
        foreach (var jump in jumps)
        {
            program[jump] = program[jump] with { Next = program.Count };
        }
    }

    private void EmitRepetition(CelPatternNode.Repetition repetition)
    {
        for (var i = 0; i < repetition.Min; i++)
        {
            var before = program.Count;
            Emit(repetition.Part);
            if (program.Count == before)
            {
                break; // Repeating an empty part changes no match and would cost unbounded time.
            }
        }

        if (repetition.Max is not { } max)
        {
            var split = Add(new CelPatternInstruction(CelPatternKind.Split, program.Count + 1));
            Emit(repetition.Part);
            Add(new CelPatternInstruction(CelPatternKind.Jump, split));
            program[split] = program[split] with { Other = program.Count };
            return;
        }

        var splits = new List<int>();
        for (var i = repetition.Min; i < max; i++)
        {
            splits.Add(Add(new CelPatternInstruction(CelPatternKind.Split, program.Count + 1)));
            Emit(repetition.Part);
        }

        foreach (var split in splits)
        {
            program[split] = program[split] with { Other = program.Count };
        }
    }

    private static string GetPrefix(CelPatternNode node)
    {
        if (
            node is not CelPatternNode.Sequence sequence
            || sequence.Parts is not [CelPatternNode.Place { Kind: CelPatternKind.Begin }, ..]
        )
        {
            return "";
        }

        var prefix = new StringBuilder();
        foreach (var part in sequence.Parts.Skip(1))
        {
            if (part is not CelPatternNode.Characters { Set.Single: { } code } || !Rune.IsValid(code))
            {
                break;
            }

            prefix.Append(new Rune(code).ToString());
        }

        return prefix.ToString();
    }
}
