using System.CommandLine;
using System.Text;
using System.Text.Json;
using Culvert.Platform.Configuration;
using Culvert.Platform.Programs;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Upstreams.Compose;
using Culvert.Tunnel.Agent.Upstreams.Compose.Sql;

namespace Culvert.Tunnel.Agent.Commands;

/// <summary><c>tunnel-agent compose check|run|explain</c>: tests composed tools without their servers.</summary>
internal static class ComposeCommand
{
    private static readonly Argument<FileInfo> File = new("FILE") { Description = "The agent's configuration." };

    private static readonly Argument<string> Tool = new("TOOL")
    {
        Description = "The tool, as ROUTE/TOOL if several routes have one of this name.",
    };

    private static readonly Option<string> Arguments = new("--arguments")
    {
        Description = "The arguments of the call, a JSON object.",
        DefaultValueFactory = _ => "{}",
    };

    private static readonly Option<string[]> Claims = new("--claim")
    {
        Description = "A claim of the caller's token, NAME=VALUE; may be repeated.",
        Validators =
        {
            result =>
            {
                foreach (var token in result.Tokens.Where(t => t.Value.IndexOf('=', StringComparison.Ordinal) <= 0))
                {
                    result.AddError($"--claim: '{token.Value}' is not NAME=VALUE.");
                }
            },
        },
    };

    private static readonly Option<DirectoryInfo> Fixtures = new("--fixtures")
    {
        Description = "A folder of JSON files with answers of the tools that the steps call.",
        Required = true,
    };

    private static readonly Option<DateTimeOffset?> Now = new("--now")
    {
        Description = "The time of the call, such as 2026-11-28T12:00:00Z (default: now).",
    };

    public static Command Create()
    {
        var check = new Command("check", "Report every error of the composed tools of a file.") { File };
        check.SetAction(Check);
        var run = new Command("run", "Run a composed tool with recorded answers; no server is called.")
        {
            Tool,
            Arguments,
            Claims,
            Fixtures,
            Now,
        };
        run.SetAction(RunAsync);
        var explain = new Command("explain", "Show a tool's steps, tables and bounds, and what can cross.") { Tool };
        explain.SetAction(Explain);
        return new Command("compose", "Check, try and explain composed tools.") { check, run, explain };
    }

    private static int Check(ParseResult parsed)
    {
        var loaded = ConfigLoader.Load(
            ConfigLocation.Agent,
            parsed.GetRequiredValue(File).FullName,
            AgentConfiguration.Read,
            ConfigLoader.ProcessEnvironment(),
            ConfigCommand.Flags(parsed)
        );
        if (!loaded.IsValid)
        {
            return ProgramHost.Report(loaded.Errors, parsed.InvocationConfiguration.Error);
        }

        var output = parsed.InvocationConfiguration.Output;
        var tools = GetTools(loaded.Settings);
        foreach (var (route, tool) in tools)
        {
            output.WriteLine($"{route}/{tool.Name}: {tool.Steps.Count} steps");
        }

        output.WriteLine(tools.Count == 0 ? "No route has composed tools." : "The composed tools are valid.");
        return ExitCodes.Done;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        if (!TryFind(parsed, out var found, out var status))
        {
            return status;
        }

        try
        {
            var arguments = JsonElement.Parse(parsed.GetRequiredValue(Arguments));
            var answers = RecordedAnswers.Read(parsed.GetRequiredValue(Fixtures).FullName);
            var time = parsed.GetValue(Now) is { } now ? new FixedTime(now) : TimeProvider.System;
            var answer = await ComposedCall.RunAsync(
                found.Tool,
                arguments,
                ReadClaims(parsed),
                answers,
                time,
                cancellationToken
            );
            if (answer.Failure is { } failure)
            {
                await error.WriteLineAsync(failure.ToString());
                return ExitCodes.CheckFailed;
            }

            await output.WriteLineAsync(Encoding.UTF8.GetString(answer.Finding.Span));
            return ExitCodes.Done;
        }
        catch (JsonException)
        {
            await error.WriteLineAsync("--arguments: this is not JSON.");
            return ExitCodes.Usage;
        }
        catch (InvalidDataException e)
        {
            await error.WriteLineAsync(e.Message);
            return ExitCodes.Usage;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync(e.Message);
            return ExitCodes.Failed;
        }
    }

    private static Dictionary<string, SqlValue> ReadClaims(ParseResult parsed)
    {
        var claims = new Dictionary<string, SqlValue>(StringComparer.Ordinal);
        foreach (var text in parsed.GetValue(Claims) ?? [])
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            claims[text[..equals]] = SqlValue.FromText(text[(equals + 1)..]);
        }

        return claims;
    }

    private static int Explain(ParseResult parsed)
    {
        if (!TryFind(parsed, out var found, out var status))
        {
            return status;
        }

        var (output, (route, tool)) = (parsed.InvocationConfiguration.Output, found);
        output.WriteLine($"{route}/{tool.Name}: {ConfigText.Printable(tool.Description)}");
        output.WriteLine($"Arguments: {Join(DescribeArguments(tool))}");
        foreach (var (wave, steps) in tool.CreateWaves().Index())
        {
            foreach (var step in steps)
            {
                output.WriteLine($"{wave + 1}. {DescribeStep(step)}");
            }
        }

        var bounds = new JoinBounds(tool.MaxRows);
        if (tool.Query is { } query)
        {
            output.WriteLine($"Then select, at most {tool.MaxRows} rows of: {Join(query.Columns)}");
            output.WriteLine($"Parameters: {Join(query.Parameters.Select(p => $":{p}"))}");
            output.WriteLine(
                $"Bounds of the statement: {ConfigText.Duration(bounds.Limit)}, {ConfigText.Size(bounds.MaxHeapBytes)} of memory,"
                    + $" {ConfigText.Size(SqliteDatabase.MaxRowBytes)} for a row, {ConfigText.Size(bounds.MaxResultBytes)} for all rows"
            );
        }

        if (tool.RequiresRows)
        {
            output.WriteLine($"Then, if there is a row: {DescribeStep(tool.Steps[^1])}");
        }

        output.WriteLine($"Bounds of a call: {ComposedCall.MaxCalls} calls of tools");
        output.WriteLine($"Crosses: {DescribeFinding(tool)}");
        return ExitCodes.Done;
    }

    private static IEnumerable<string> DescribeArguments(ComposedTool tool) =>
        tool.InputSchema.TryGetProperty("properties"u8, out var properties)
            ? properties.EnumerateObject().Select(p => p.Name)
            : [];

    private static string DescribeStep(ComposeStep step)
    {
        var arguments = step.Arguments.Select(a =>
            $"{a.Name}: "
            + a.Source switch
            {
                ArgumentSource.Argument => $"argument {a.Text}",
                ArgumentSource.Claim => $"claim {a.Text}",
                ArgumentSource.Column => $"column {a.Text}",
                _ => a.Value.GetRawText(),
            }
        );
        var forEach = step.ForEach is { } before ? $", for each row of {before}" : "";
        var rows = step.Rows is { } read
            ? $", at most {read.Max} rows of: {Join(read.Columns.Select(c => c.Name))}"
            : ", no rows";
        var failure = step.MayFail ? ", empty if it fails" : "";
        return $"{step.Name}: {step.Route}/{step.Tool} ({Join(arguments)}){forEach}{rows}{failure}";
    }

    private static string DescribeFinding(ComposedTool tool)
    {
        if (tool.Query is null && tool.Steps[0].Rows is null)
        {
            return "the whole answer of the tool";
        }

        var columns = tool.Query?.Columns ?? [.. tool.Steps[0].Rows!.Columns.Select(c => c.Name)];
        var after =
            tool.RequiresRows && tool.Steps[^1].Rows is { } rows
                ? $", {tool.Steps[^1].Name} ({Join(rows.Columns.Select(c => c.Name))})"
                : "";
        return $"rows ({Join(columns)}){after}";
    }

    private static string Join(IEnumerable<string> texts) =>
        ConfigText.Printable(string.Join(", ", texts)) is { Length: > 0 } text ? text : "none";

    private static List<(string Route, ComposedTool Tool)> GetTools(AgentSettings settings) =>
        [
            .. from route in settings.Routes
            where route.Upstream is ComposeSettings
            from tool in ((ComposeSettings)route.Upstream).Tools
            select (route.Name, tool),
        ];

    private static bool TryFind(ParseResult parsed, out (string Route, ComposedTool Tool) found, out int status)
    {
        var error = parsed.InvocationConfiguration.Error;
        found = default;
        var loaded = ConfigCommand.Load(parsed, ConfigLocation.Agent, AgentConfiguration.Read);
        if (!loaded.IsValid)
        {
            status = ProgramHost.Report(loaded.Errors, error);
            return false;
        }

        var name = parsed.GetRequiredValue(Tool);
        var fitting = GetTools(loaded.Settings)
            .Where(t => t.Tool.Name == name || $"{t.Route}/{t.Tool.Name}" == name)
            .ToList();
        if (fitting.Count != 1)
        {
            error.WriteLine(
                fitting.Count == 0
                    ? $"The composed tool {name} does not exist."
                    : $"Several routes have a composed tool {name}: write ROUTE/TOOL."
            );
            status = ExitCodes.Usage;
            return false;
        }

        (found, status) = (fitting[0], ExitCodes.Done);
        return true;
    }

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
