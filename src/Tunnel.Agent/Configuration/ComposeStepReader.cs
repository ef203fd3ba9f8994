using System.Buffers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Culvert.Platform.Configuration;
using Culvert.Tunnel.Agent.Policy.Arguments;
using Culvert.Tunnel.Agent.Schemas;
using Culvert.Tunnel.Agent.Upstreams.Compose;

namespace Culvert.Tunnel.Agent.Configuration;

/// <summary>Reads one step of a composed tool.</summary>
/// <param name="claims">Of the route's callers.</param>
/// <param name="arguments">Those of the tool.</param>
/// <param name="isAfterSelect">Whether the step is called with the first row of the statement.</param>
internal sealed partial class ComposeStepReader(
    ConfigSection section,
    ClaimNames claims,
    ComposedRoutes routes,
    IReadOnlySet<string> arguments,
    bool isAfterSelect
)
{
    private const int MaxColumns = 64;
    private const int MaxRows = 100_000;

    // Members of a finding, which may also have the rows of a step by its name.
    private static readonly string[] FindingNames = ["rows", "more", "incomplete", "truncated"];

    private static readonly string[] Sources = ["argument", "claim", "column", "value"];

    private bool isValid = true;

    /// <param name="order">All steps of the tool.</param>
    /// <param name="at">The position of this one.</param>
    /// <param name="before">The valid steps before it.</param>
    /// <returns>Null after an error, and while keys are only described.</returns>
    public ComposeStep? Read(IReadOnlyList<StepOrder> order, int at, List<ComposeStep> before, bool hasSelect)
    {
        var name = ReadName(before);
        var (route, tool) = ReadCall();
        CheckForEach(order, at);
        var source = before.Find(s => s.Name == order[at].ForEach);
        if (source is { Rows: null })
        {
            Report(section, "for_each", $"The step {source.Name} has no rows.", "Write `rows` for it.");
        }

        var columns = source?.Rows?.Columns.Select(c => c.Name).ToList();
        var with = section
            .Map("with")
            .Select(a => ReadArgument(a.Name, a.Section, columns, isFollowing: order[at].ForEach.Length > 0))
            .ToList();
        var rows = ReadRows(isRequired: hasSelect && !isAfterSelect);
        var mayFail = section.Choice("on_failure", "fail", "fail", "empty") == "empty";
        if (mayFail && isAfterSelect)
        {
            Report(section, "on_failure", "The step may write, so its failure is never ignored.", "Remove the key.");
        }

        var readsText = section.Bool("text_as_json", false);
        var onlyReads = section.Bool("reads_only", false);
        return !isValid || section.IsDescribing || name.Length == 0 || tool.Length == 0
            ? null
            : new ComposeStep
            {
                Name = name,
                Route = route,
                Tool = tool,
                ForEach = source?.Name,
                Arguments = [.. with.OfType<StepArgument>()],
                Rows = rows,
                MayFail = mayFail,
                ReadsText = readsText,
                OnlyReads = onlyReads,
            };
    }

    private void Report(ConfigSection at, string key, string message, string remedy)
    {
        at.Error(key, message, remedy);
        isValid = false;
    }

    private string ReadName(List<ComposeStep> before)
    {
        var name = section.RequiredString("name");
        if (name.Length > 0 && (!TableName().IsMatch(name) || FindingNames.Contains(name)))
        {
            Report(
                section,
                "name",
                "This is not a name for a table.",
                $"Use a-z, 0-9 and _, but not sqlite_ at its beginning, nor {string.Join(", ", FindingNames)}."
            );
        }
        else if (before.Any(s => s.Name == name))
        {
            Report(section, "name", "Another step has this name.", "Give each its own.");
        }

        return name;
    }

    private (string Route, string Tool) ReadCall()
    {
        var call = section.RequiredString("call");
        var slash = call.IndexOf('/', StringComparison.Ordinal);
        if (call.Length == 0)
        {
            return ("", "");
        }

        if (slash <= 0 || slash == call.Length - 1)
        {
            Report(section, "call", "This is not the tool of a route.", "Write ROUTE/TOOL.");
            return ("", "");
        }

        var route = call[..slash];
        if (routes.Composed.Contains(route))
        {
            Report(
                section,
                "call",
                $"The route {route} is composed itself.",
                "Call the tools that it calls: there is one level."
            );
        }
        else if (!routes.All.Contains(route))
        {
            Report(section, "call", $"The route {route} does not exist.", "Write the name of a route of this file.");
        }

        return (route, call[(slash + 1)..]);
    }

    // A step waits for an earlier one, so no order of the file has a cycle; steps that would have one get their own message.
    private void CheckForEach(IReadOnlyList<StepOrder> order, int at)
    {
        var (name, target) = order[at];
        if (target.Length == 0 || section.IsDescribing)
        {
            return;
        }

        var found = order.Select(s => s.Name).ToList().IndexOf(target);
        if (isAfterSelect)
        {
            Report(section, "for_each", "The step after `select` is called once.", "Remove the key.");
        }
        else if (found < 0)
        {
            Report(section, "for_each", "No step has this name.", "Write the name of an earlier step.");
        }
        else if (WaitsFor(order, target, name))
        {
            Report(section, "for_each", $"The steps {name} and {target} wait for each other.", "Remove one for_each.");
        }
        else if (found > at)
        {
            Report(section, "for_each", $"The step {target} comes later.", "Write that step before this one.");
        }
    }

    private static bool WaitsFor(IReadOnlyList<StepOrder> order, string from, string target)
    {
        for (var i = 0; i <= order.Count && from.Length > 0; i++)
        {
            if (from == target)
            {
                return true;
            }

            from = order.FirstOrDefault(s => s.Name == from)?.ForEach ?? "";
        }

        return false;
    }

    private StepArgument? ReadArgument(string name, ConfigSection source, List<string>? columns, bool isFollowing)
    {
        var argument = ReadPointer(source, "argument", source.String("argument"));
        var claim = claims.Read(source, "claim") ?? "";
        var column = source.String("column");
        var literal = source.Literal("value");
        if (source.IsDescribing)
        {
            return null;
        }

        var written = Sources.Where(source.Has).ToList();
        if (written.Count != 1)
        {
            Report(
                section,
                $"with.{name}",
                "An argument has one source.",
                $"Write one of {string.Join(", ", Sources)}."
            );
            return null;
        }

        switch (written[0])
        {
            case "argument":
                if (!arguments.Contains(argument.Names.FirstOrDefault() ?? ""))
                {
                    Report(
                        source,
                        "argument",
                        "The tool has no such argument.",
                        $"Use one of {string.Join(", ", arguments.Select(a => $"/{a}"))}."
                    );
                }

                return new StepArgument(name, ArgumentSource.Argument, argument.Text) { Pointer = argument };
            case "claim":
                return new StepArgument(name, ArgumentSource.Claim, claim);
            case "column":
                CheckColumn(source, column, columns, isFollowing);
                return new StepArgument(name, ArgumentSource.Column, column);
            default:
                if (literal is null)
                {
                    isValid = false; // reported by the getter
                    return null;
                }

                return new StepArgument(name, ArgumentSource.Value, "") { Value = ToJson(literal) };
        }
    }

    // The columns of `select` are known later; those of a step that has errors are not known.
    private void CheckColumn(ConfigSection source, string column, List<string>? columns, bool isFollowing)
    {
        if (isAfterSelect || (isFollowing && columns is null))
        {
            return;
        }

        if (columns is null)
        {
            Report(source, "column", "The step is not called for rows of another one.", "Write for_each.");
        }
        else if (!columns.Contains(column))
        {
            Report(source, "column", "No such column.", $"Use one of {string.Join(", ", columns)}.");
        }
    }

    private StepRows? ReadRows(bool isRequired)
    {
        var rows = section.Section("rows");
        var at = ReadPointer(rows, "at", rows.String("at"));
        var max = rows.Int("max", 1000, 1, MaxRows);
        var columns = new List<(string Name, JsonPointer At)>();
        foreach (var (name, text, _) in rows.Texts("columns"))
        {
            if (!ColumnName().IsMatch(name))
            {
                Report(rows, "columns", "A name is not one of a column.", "Use A-Z, a-z, 0-9 and _.");
            }
            else if (columns.Any(c => c.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
            {
                Report(rows, "columns", $"{name} is there twice: case does not count.", "Give each its own name.");
            }

            columns.Add((name, ReadPointer(rows, "columns", text)));
        }

        if (section.IsDescribing)
        {
            return null;
        }

        if (!section.Has("rows"))
        {
            if (isRequired)
            {
                Report(section, "rows", "`select` reads this step.", "Write `rows: {at: /…, columns: {id: /id}}`.");
            }

            return null;
        }

        if (columns.Count is 0 or > MaxColumns)
        {
            Report(rows, "columns", $"The number must be from 1 to {MaxColumns}.", "Write NAME: /POINTER for each.");
        }

        return new StepRows(at, max, columns);
    }

    private JsonPointer ReadPointer(ConfigSection at, string key, string text)
    {
        if (text.Length == 0)
        {
            return JsonPointer.Whole;
        }

        if (JsonPointer.TryParse(text, out var pointer))
        {
            return pointer;
        }

        Report(at, key, $"{ConfigText.Printable(text)} is not a JSON pointer.", "Write /a/b, or \"\" for the whole.");
        return JsonPointer.Whole;
    }

    private static JsonElement ToJson(ConfigLiteral literal)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            literal.Write(json);
        }

        return JsonElement.Parse(buffer.WrittenSpan);
    }

    [GeneratedRegex("^(?!sqlite_)[a-z_][a-z0-9_]{0,63}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex TableName();

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]{0,63}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex ColumnName();
}

/// <summary>A step's name, and the step for whose rows it is called; both may be empty.</summary>
internal sealed record StepOrder(string Name, string ForEach);
