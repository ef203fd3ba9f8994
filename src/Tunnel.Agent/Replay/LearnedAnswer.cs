using System.Text;
using Culvert.Tunnel.Agent.Policy.Answers;

namespace Culvert.Tunnel.Agent.Replay;

/// <summary>The single values in the recorded answers of a tool, for the <c>fields</c> of a rule.</summary>
internal sealed class LearnedAnswer
{
    private readonly PointerTotals singles = new();
    private readonly PointerTotals outer = new(); // objects and arrays
    private int answers;
    private bool isText;
    private long others;

    public bool HasFields => FindFields().Any();

    public void Add(RecordedAnswer answer)
    {
        answers += answer.Pointers.Count > 0 ? 1 : 0;
        isText |= answer.IsFromText;
        others += answer.Others;
        for (var i = 0; i < answer.Pointers.Count; i++)
        {
            var (at, values) = (answer.Pointers[i].Text, answer.CountSingles(i));
            if (values > 0 && at.Length > 0)
            {
                singles.Add(at, values, answer.GetTypes(i));
            }

            values = answer.Get(i, "object") + answer.Get(i, "array");
            if (values > 0 && at.Length > 0)
            {
                outer.Add(at, values, []);
            }
        }
    }

    /// <summary>Writes the key <c>answer</c>: a line for each field, so that an owner can remove it.</summary>
    public void Write(StringBuilder yaml)
    {
        Write(yaml, $"          answer: # of {answers} answers. Remove what should not come back.");
        yaml.Append(isText ? "            text_as_json: true\n" : "");
        yaml.Append("            fields:\n");
        var free = AnswerReader.MaxFields;
        foreach (var at in FindFields())
        {
            var mark = free-- > 0 ? "-" : "# -"; // a rule has no room for more
            var field = singles[at];
            var types = string.Join(", ", field.Types);
            Write(
                yaml,
                $"              {mark} {PolicyLearner.Quote(at)} # {field.Values} values in {field.Answers} answers: {types}"
            );
        }

        List<string> all = [.. singles.Pointers, .. outer.Pointers];
        foreach (var at in outer.Pointers.Where(at => !all.Exists(within => IsWithin(within, at))))
        {
            Write(
                yaml,
                $"              # - {PolicyLearner.Quote(at)} # always empty: as a field it lets everything in it cross"
            );
        }

        if (others > 0)
        {
            Write(yaml, $"              # {others} values are not here: the record does not describe them.");
        }
    }

    // A field is a whole value, so one that was an object or an array is not proposed.
    private IEnumerable<string> FindFields() => singles.Pointers.Except(outer.Pointers, StringComparer.Ordinal);

    private static bool IsWithin(string at, string outer) =>
        at.StartsWith(outer, StringComparison.Ordinal) && at.AsSpan(outer.Length).StartsWith('/');

    private static void Write(StringBuilder yaml, string line) => yaml.Append(line).Append('\n');
}
