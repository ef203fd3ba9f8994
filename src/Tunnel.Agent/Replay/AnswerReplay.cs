using System.Globalization;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Policy.Answers;

namespace Culvert.Tunnel.Agent.Replay;

/// <summary>
/// What the answer rules of a candidate would have removed from recorded answers, as far as their shapes show it. The
/// arguments of a call are taken to be as the rules require, because the record does not have them.
/// </summary>
internal sealed class AnswerReplay(PolicyJudge judge)
{
    private const int MaxNames = 10_000;
    private const int MaxPointers = 5; // in the line of a name

    private readonly Dictionary<string, Totals> totals = new(StringComparer.Ordinal); // by route and name

    public void Add(RecordedCall call)
    {
        if (
            call is not { HasPassed: true, Recorded: { } answer }
            || judge.FindAnswerRules(call) is not { Shape: var shape, Rules: var rules }
        )
        {
            return;
        }

        var name = $"{call.Route}/{call.Name}";
        if (!totals.TryGetValue(name, out var total))
        {
            if (totals.Count == MaxNames)
            {
                return;
            }

            totals[name] = total = new Totals();
        }

        total.Calls++;
        total.RowsCrossed += answer.RowsCrossed;
        total.RowsRemoved += answer.RowsRemoved;
        if (answer.Pointers.Count == 0)
        {
            total.WithoutShape++;
        }
        else if (
            answer.IsFromText
            && call.Method == McpMethods.CallTool
            && !shape.ReadsTextAsJson
            && shape.Text < AnswerText.Mask
        )
        {
            total.Withheld++;
        }
        else
        {
            AddValues(total, answer, shape);
            foreach (var rule in rules)
            {
                foreach (var rows in rule.Answer!.Rows)
                {
                    AddRows(total, answer, rows, $"rows at {rows.At.Description} of rule {rule.Name}");
                }
            }
        }
    }

    /// <param name="max">The most names that are described.</param>
    public IEnumerable<string> Describe(int max)
    {
        foreach (var name in totals.Keys.Order(StringComparer.Ordinal).Take(max))
        {
            foreach (var line in Describe(name, totals[name]))
            {
                yield return line;
            }
        }

        if (totals.Count > max)
        {
            yield return $"… and answers of {totals.Count - max} more names.";
        }
    }

    private static void AddValues(Totals total, RecordedAnswer answer, AnswerShape shape)
    {
        total.Others += answer.Others;
        for (var i = 0; i < answer.Pointers.Count; i++)
        {
            var (at, values) = (answer.Pointers[i], answer.CountSingles(i));
            total.Values += values;
            if (values > 0 && !shape.LetsCross(at))
            {
                total.Removed += values;
                total.RemovedBytes += answer.Get(i, "bytes");
                total.ByPointer.Add(at.Text, values, []);
            }
        }
    }

    private static void AddRows(Totals total, RecordedAnswer answer, RowRule rows, string label)
    {
        for (var i = 0; i < answer.Pointers.Count; i++)
        {
            var (arrays, records) = (answer.Get(i, "array"), answer.Get(i, "elements"));
            if (arrays > 0 && rows.At.Covers(answer.Pointers[i].Steps))
            {
                // Of each array at the pointer, no more than the maximum cross; and none, if the condition is never true.
                var most =
                    !CanHold(answer, answer.Pointers[i], rows.Where) ? 0
                    : rows.Max > 0 ? arrays * rows.Max
                    : records;
                total.Records.Add(label, records, rows.Where is null ? [] : ["where"]);
                total.RecordsRemoved.Add(label, Math.Max(0, records - most), []);
            }
        }
    }

    // Whether the members of the records may have values of which the condition is true. A recorded * can be any name.
    private static bool CanHold(RecordedAnswer answer, AnswerPath array, RowCondition? where)
    {
        var members = 0UL;
        foreach (var member in where?.Members ?? [])
        {
            IReadOnlyList<string?> at = [.. array.Steps, null, .. member.At.Names];
            for (var i = 0; i < answer.Pointers.Count; i++)
            {
                if (answer.Pointers[i].Covers(at) && answer.CanMatch(i, member.Conditions))
                {
                    members |= 1UL << member.Bit;
                }
            }
        }

        return answer.Others > 0 || where is null || where.Holds(members);
    }

    private static IEnumerable<string> Describe(string name, Totals total)
    {
        var bytes = total.RemovedBytes > 0 ? $" ({Format(total.RemovedBytes)} bytes of text)" : "";
        List<string> removed = [.. total.ByPointer.Pointers];
        removed.Sort(
            (one, other) =>
                total.ByPointer[other].Values.CompareTo(total.ByPointer[one].Values) is var order and not 0
                    ? order
                    : string.CompareOrdinal(one, other)
        );
        var shown = removed.Take(MaxPointers).Select(at => $"{at} ({Format(total.ByPointer[at].Values)})");
        var which = removed.Count > 0 ? $": {string.Join(", ", shown)}" : "";
        var more = removed.Count > MaxPointers ? ", …" : "";
        yield return $"{name}: {Format(total.Calls)} calls, {Format(total.Removed)} of {Format(total.Values)} values{bytes} would have gone{which}{more}.";
        if (total.Others > 0)
        {
            yield return $"  {Format(total.Others)} more values are not described in the record.";
        }

        foreach (var label in total.Records.Pointers)
        {
            yield return Describe(label, total.Records[label], total.RecordsRemoved[label].Values);
        }

        if (total.RowsCrossed + total.RowsRemoved > 0)
        {
            yield return $"  The rules of that time removed {Format(total.RowsRemoved)} of {Format(total.RowsCrossed + total.RowsRemoved)} records.";
        }

        if (total.Withheld > 0)
        {
            yield return $"  {Format(total.Withheld)} answers would have been withheld: they are JSON in a text, which is judged with text_as_json: true.";
        }

        if (total.WithoutShape > 0)
        {
            yield return $"  {Format(total.WithoutShape)} answers have no recorded shape.";
        }
    }

    private static string Describe(string label, PointerTotal records, long removed)
    {
        var gone =
            removed > 0
                ? $", and at least {Format(removed)} of them removed: they are beyond the maximum, or their answers have no value of which the condition could be true"
                : "";
        var rest =
            records.Types.Count > 0 && removed < records.Values
                ? " Shapes do not show for which records a condition is true."
                : "";
        return $"  {label}: {Format(records.Values)} records would have been judged{gone}.{rest}";
    }

    private static string Format(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>The answers of one name.</summary>
    private sealed class Totals
    {
        public long Calls { get; set; }

        public long WithoutShape { get; set; }

        public long Withheld { get; set; }

        public long Values { get; set; }

        public long Removed { get; set; }

        public long RemovedBytes { get; set; }

        public long Others { get; set; }

        /// <summary>Of judged answers, as recorded.</summary>
        public long RowsCrossed { get; set; }

        public long RowsRemoved { get; set; }

        /// <summary>The removed values.</summary>
        public PointerTotals ByPointer { get; } = new();

        /// <summary>The records of the arrays that rules name, by rule and array; of type <c>where</c> if it has a condition.</summary>
        public PointerTotals Records { get; } = new();

        public PointerTotals RecordsRemoved { get; } = new();
    }
}
