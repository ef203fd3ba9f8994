using System.Text.Json;
using Culvert.Platform.Configuration;
using Culvert.Tunnel.Agent.Policy.Arguments;
using Culvert.Tunnel.Agent.Schemas;
using Culvert.Tunnel.Agent.Upstreams.Compose;
using Culvert.Tunnel.Agent.Upstreams.Compose.Sql;

namespace Culvert.Tunnel.Agent.Configuration;

/// <summary>Reads one composed tool. Every key is read, also after an error.</summary>
internal sealed class ComposedToolReader(ConfigSection section, ClaimNames claims, ComposedRoutes routes)
{
    private const int MaxSteps = 16;
    private const int MaxDescription = 4096;
    private const int MaxRows = 10_000;

    private static readonly JsonElement NoArguments = JsonElement.Parse(
        """{"type":"object","properties":{},"additionalProperties":false}"""
    );

    private bool isValid = true;

    /// <summary>Null after an error, and while keys are only described.</summary>
    public ComposedTool? Read(string name)
    {
        var description = section.RequiredString("description");
        if (description.Length > MaxDescription)
        {
            Report("description", "It is too long.", $"Use at most {MaxDescription} characters.");
        }

        var inputSchema = section.Json("input") ?? NoArguments;
        var input = Compile("input", inputSchema);
        var outputSchema = section.Json("output");
        var output = outputSchema is { } written ? Compile("output", written) : null;
        var arguments = ReadArguments(inputSchema);
        var select = section.String("select");
        var maxRows = section.Int("max_rows", 100, 1, MaxRows);
        var requiresRows = section.Choice("require", "none", "none", "rows") == "rows";
        var sections = section.List("steps");
        var steps = ReadSteps(sections, arguments, select.Length > 0, requiresRows);
        CheckForm(sections.Count, select, requiresRows);
        if (section.IsDescribing || !isValid || input is null || description.Length == 0)
        {
            return null;
        }

        var query = select.Length == 0 ? null : Compile(select, requiresRows ? steps[..^1] : steps, arguments);
        if (requiresRows && query is not null)
        {
            CheckWriter(sections[^1], steps[^1], query);
        }

        return !isValid
            ? null
            : new ComposedTool
            {
                Name = name,
                Description = description,
                Input = input,
                InputSchema = inputSchema,
                Output = output,
                OutputSchema = outputSchema,
                Steps = steps,
                Query = query,
                MaxRows = maxRows,
                RequiresRows = requiresRows,
            };
    }

    private void Report(string key, string message, string remedy)
    {
        section.Error(key, message, remedy);
        isValid = false;
    }

    private Schema? Compile(string key, JsonElement schema)
    {
        if (
            !schema.TryGetProperty("type"u8, out var type)
            || type.ValueKind != JsonValueKind.String
            || !type.ValueEquals("object"u8)
        )
        {
            Report(key, "This is not the schema of an object.", "Write type: object, with properties.");
            return null;
        }

        try
        {
            return Schema.Compile(schema);
        }
        catch (SchemaException e)
        {
            Report(key, e.Message, "Write a JSON Schema without references to other documents.");
            return null;
        }
    }

    private HashSet<string> ReadArguments(JsonElement schema)
    {
        if (!schema.TryGetProperty("additionalProperties"u8, out var others) || others.ValueKind != JsonValueKind.False)
        {
            Report("input", "It permits arguments that it does not list.", "Write additionalProperties: false.");
        }

        return schema.TryGetProperty("properties"u8, out var properties) && properties.ValueKind == JsonValueKind.Object
            ? [.. properties.EnumerateObject().Select(p => p.Name)]
            : [];
    }

    private List<ComposeStep> ReadSteps(
        IReadOnlyList<ConfigSection> sections,
        HashSet<string> arguments,
        bool hasSelect,
        bool requiresRows
    )
    {
        var order = sections.Select(s => new StepOrder(s.String("name"), s.String("for_each"))).ToList();
        var steps = new List<ComposeStep>();
        for (var i = 0; i < sections.Count; i++)
        {
            var isAfterSelect = requiresRows && i == sections.Count - 1;
            var reader = new ComposeStepReader(sections[i], claims, routes, arguments, isAfterSelect);
            if (reader.Read(order, i, steps, hasSelect) is { } step)
            {
                steps.Add(step);
            }
            else
            {
                isValid = false;
            }
        }

        return steps;
    }

    private void CheckForm(int steps, string select, bool requiresRows)
    {
        if (section.IsDescribing)
        {
            return;
        }

        if (steps is 0 or > MaxSteps)
        {
            Report("steps", $"The number of steps must be from 1 to {MaxSteps}.", "Write which tools to call.");
        }
        else if (section.Has("select") && string.IsNullOrWhiteSpace(select))
        {
            Report("select", "This is empty.", "Write a SELECT over the steps, or remove the key.");
        }
        else if (select.Length == 0 && steps > 1)
        {
            Report("steps", "Without `select`, a tool has one step.", "Write the SELECT that joins the steps.");
        }
        else if (requiresRows && (select.Length == 0 || steps == 1))
        {
            Report(
                "require",
                "The last step needs rows of `select`.",
                "Write a SELECT over steps before the last one."
            );
        }
    }

    private JoinQuery? Compile(string select, List<ComposeStep> readers, HashSet<string> arguments)
    {
        var tables = readers.ConvertAll(s => new JoinTable(s.Name, [.. s.Rows!.Columns.Select(c => c.Name)]));
        var query = JoinCompiler.Compile(select, tables, arguments, out var error);
        if (error is not null)
        {
            section.ErrorInText("select", error.Line, error.ToString(), error.Remedy);
            isValid = false;
        }

        foreach (var claim in (query?.Claims ?? []).Where(claim => !claims.Includes(claim)))
        {
            Report(
                "select",
                $"No rule may compare the claim {claim} of this route's callers.",
                "Add it to issuers.NAME.claims of each issuer of the route."
            );
        }

        return query;
    }

    // The step after `select` gets columns of its first row.
    private void CheckWriter(ConfigSection at, ComposeStep step, JoinQuery query)
    {
        foreach (var argument in step.Arguments.Where(a => a.Source == ArgumentSource.Column))
        {
            if (!query.Columns.Contains(argument.Text, StringComparer.Ordinal))
            {
                at.Error(
                    $"with.{argument.Name}",
                    $"`select` has no column {argument.Text}.",
                    $"Use one of {string.Join(", ", query.Columns)}."
                );
                isValid = false;
            }
        }
    }
}
