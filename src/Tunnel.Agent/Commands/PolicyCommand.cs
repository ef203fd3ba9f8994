using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Culvert.Platform.Configuration;
using Culvert.Platform.Programs;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Pins;
using Culvert.Tunnel.Agent.Policy.Answers;
using Culvert.Tunnel.Agent.Replay;
using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Commands;

/// <summary><c>tunnel-agent policy learn|test|replay|explain|lint|check</c>: derives and tests policies; read-only.</summary>
internal static class PolicyCommand
{
    private const int MaxShown = 50;
    private const int MaxLineCharacters = 2000;

    private static readonly Option<string> Since = new("--since")
    {
        Description = "How far back to read the record, such as 30d or 12h.",
        DefaultValueFactory = _ => "30d",
        Validators =
        {
            result =>
            {
                if (result.Tokens is [var token] && !ConfigText.TryDuration(token.Value, out _))
                {
                    result.AddError($"--since: '{token.Value}' is not a duration. Write 30d, 12h or 15m.");
                }
            },
        },
    };

    private static readonly Option<string?> Route = new("--route") { Description = "Only this route." };

    private static readonly Argument<FileInfo[]> Files = new("FILE")
    {
        Description = "Calls, a JSON object per line: lines of the record, or cases with expect.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Argument<FileInfo> Candidate = new("CANDIDATE")
    {
        Description = "An agent configuration with the policies to try.",
    };

    private static readonly Argument<long> Sequence = new("SEQ") { Description = "The number of the record (seq)." };

    public static Command Create()
    {
        var learn = new Command("learn", "Write a policy that allows what the recorded calls did.") { Since, Route };
        learn.SetAction(parsed => WithSettings(parsed, settings => Learn(parsed, settings)));
        var test = new Command("test", "Decide calls by the configured policies and report each unexpected decision.")
        {
            Files,
        };
        test.SetAction(parsed => WithSettings(parsed, settings => Test(parsed, settings)));
        var replay = new Command("replay", "Report what a candidate would have changed for the recorded calls.")
        {
            Candidate,
            Since,
            Route,
        };
        replay.SetAction(parsed => WithSettings(parsed, settings => Replay(parsed, settings)));
        var explain = new Command("explain", "Report how a recorded call was decided, and how it would be today.")
        {
            Sequence,
        };
        explain.SetAction(parsed => WithSettings(parsed, settings => Explain(parsed, settings)));
        var lint = new Command("lint", "Warn of answer rules that let more cross than they appear to.") { Route };
        lint.SetAction(parsed => WithSettings(parsed, settings => Lint(parsed, settings)));
        return new Command("policy", "Learn, test and explain the policies of routes.")
        {
            learn,
            test,
            replay,
            explain,
            lint,
            PolicyCheckCommand.Create(),
        };
    }

    private static int Learn(ParseResult parsed, AgentSettings settings)
    {
        var learner = new PolicyLearner(settings);
        foreach (var call in ReadRecord(parsed, settings))
        {
            learner.Add(call);
        }

        if (learner.Calls == 0)
        {
            parsed.InvocationConfiguration.Error.WriteLine(
                "The record has no calls that a policy could allow. Let clients call through the route first."
            );
            return ExitCodes.Failed;
        }

        parsed.InvocationConfiguration.Output.Write(learner.Write());
        return ExitCodes.Done;
    }

    private static int Test(ParseResult parsed, AgentSettings settings)
    {
        var (output, judge) = (parsed.InvocationConfiguration.Output, new PolicyJudge(settings));
        var (asExpected, otherwise, passedOver) = (0, 0, 0);
        foreach (var file in parsed.GetRequiredValue(Files))
        {
            foreach (var (line, call) in RecordedCalls.ReadFile(file.FullName))
            {
                if (!call.IsJudged)
                {
                    passedOver++;
                    continue;
                }

                var expected = call.Decision == "allow" ? "allow" : "deny";
                var now = judge.Decide(call);
                var difference =
                    now.Word == expected
                        ? judge.FindDifference(call)
                        : $"expected {expected}, got {now.Word} ({now.Because})";
                if (difference is null)
                {
                    asExpected++;
                    continue;
                }

                otherwise++;
                output.WriteLine($"{file.Name}:{line}: {Describe(call)}: {difference}");
            }
        }

        var rest = passedOver > 0 ? $", {passedOver} not decided by rules" : "";
        output.WriteLine($"{asExpected} as expected, {otherwise} otherwise{rest}.");
        return otherwise > 0 ? ExitCodes.CheckFailed : ExitCodes.Done;
    }

    private static int Replay(ParseResult parsed, AgentSettings settings)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        var candidate = ConfigLoader.Load(
            ConfigLocation.Agent,
            parsed.GetRequiredValue(Candidate).FullName,
            AgentConfiguration.Read,
            ConfigLoader.ProcessEnvironment(),
            ConfigCommand.Flags(parsed)
        );
        if (!candidate.IsValid)
        {
            return ProgramHost.Report(candidate.Errors, error);
        }

        var judge = new PolicyJudge(candidate.Settings);
        var (replay, answers) = (new PolicyReplay(), new AnswerReplay(judge));
        foreach (var call in ReadRecord(parsed, settings))
        {
            replay.Add(call, judge.Decide(call));
            answers.Add(call);
        }

        var changes = replay.Changes.ToList();
        foreach (var change in changes.Take(MaxShown))
        {
            var what = change.Kind is null ? change.Method : $"{change.Method} {change.Name}";
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{change.Now.Word, -5}  {change.Calls, 6} calls  {change.Route}  {Printable(what)}  {Printable(change.Caller)}  ({Printable(change.Now.Because)}, last {change.Last:yyyy-MM-dd HH:mm} UTC)"
                )
            );
        }

        if (changes.Count > MaxShown)
        {
            output.WriteLine($"… and {changes.Count - MaxShown} more.");
        }

        foreach (var line in answers.Describe(MaxShown))
        {
            output.WriteLine(ConfigText.Printable(line, MaxLineCharacters));
        }

        var rest = replay.PassedOver > 0 ? $", {replay.PassedOver} not decided by rules" : "";
        output.WriteLine(
            $"{replay.Calls} calls: {replay.Changed} would be decided otherwise, {replay.Unknown} cannot be decided{rest}."
        );
        return ExitCodes.Done;
    }

    private static int Explain(ParseResult parsed, AgentSettings settings)
    {
        var output = parsed.InvocationConfiguration.Output;
        var wanted = parsed.GetRequiredValue(Sequence);
        var folder = new AuditFolder(settings.StateDirectory, settings.Audit.File);
        var call = RecordedCalls
            .Read(folder, DateTimeOffset.MinValue)
            .FirstOrDefault(recorded => recorded.Sequence == wanted);
        if (call is null)
        {
            parsed.InvocationConfiguration.Error.WriteLine(
                $"The record has no call {wanted}. tunnel-agent audit tail shows the newest."
            );
            return ExitCodes.Failed;
        }

        var now = new PolicyJudge(settings).Decide(call);
        var then = call.Rule.Length > 0 ? $"rule {call.Rule}" : call.Reason;
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{call.Time:yyyy-MM-dd HH:mm:ss} UTC  {call.Route}  {Describe(call)}"
            )
        );
        output.WriteLine($"Decided: {call.Decision} ({Printable(then)}), policy version {call.PolicyVersion}.");
        output.WriteLine($"Today:   {now.Word} ({Printable(now.Because)}).");
        return ExitCodes.Done;
    }

    private static int Lint(ParseResult parsed, AgentSettings settings)
    {
        var (output, wanted, warnings) = (parsed.InvocationConfiguration.Output, parsed.GetValue(Route), 0);
        using var state = StateDirectory.OpenReadOnly(settings.StateDirectory);
        foreach (var route in settings.Routes.Where(route => wanted is null || route.Name == wanted))
        {
            foreach (var warning in new AnswerLint(route.Policy, FindOutputSchemas(state, route)).Find())
            {
                warnings++;
                output.WriteLine(ConfigText.Printable($"{route.Name}: {warning}", MaxLineCharacters));
            }
        }

        output.WriteLine(warnings == 0 ? "No warnings." : $"{warnings} warnings.");
        return ExitCodes.Done;
    }

    // By the names of the approved tools; null: none were approved.
    private static Dictionary<string, JsonElement?>? FindOutputSchemas(StateDirectory state, RouteSettings route)
    {
        var pinned = route.Pins.Mode == PinMode.Off ? null : new PinFiles(state, route.Name).LoadPinned();
        return pinned
            ?.Pins.Where(pin => pin.Key.Kind == PinKind.Tool)
            .Select(pin => pin.ToDefinition())
            .OfType<Definition>()
            .ToDictionary(
                tool => tool.Key.Name,
                tool =>
                {
                    using var definition = tool.Parse();
                    return definition.RootElement.TryGetProperty("outputSchema", out var schema)
                        ? schema.Clone()
                        : (JsonElement?)null;
                },
                StringComparer.Ordinal
            );
    }

    private static IEnumerable<RecordedCall> ReadRecord(ParseResult parsed, AgentSettings settings)
    {
        ConfigText.TryDuration(parsed.GetRequiredValue(Since), out var since);
        var now = TimeProvider.System.GetUtcNow();
        var begin = now - DateTimeOffset.MinValue > since ? now - since : DateTimeOffset.MinValue;
        var folder = new AuditFolder(settings.StateDirectory, settings.Audit.File);
        var route = parsed.GetValue(Route);
        return RecordedCalls.Read(folder, begin).Where(call => route is null || call.Route == route);
    }

    private static string Describe(RecordedCall call) =>
        Printable($"{call.Method} {call.Name}".TrimEnd() + $" of {call.Caller}");

    // Callers chose the names: no escape sequence reaches a terminal.
    private static string Printable(string text) => ConfigText.Printable(text);

    private static int WithSettings(ParseResult parsed, Func<AgentSettings, int> run)
    {
        var loaded = ConfigCommand.Load(parsed, ConfigLocation.Agent, AgentConfiguration.Read);
        var error = parsed.InvocationConfiguration.Error;
        if (!loaded.IsValid)
        {
            return ProgramHost.Report(loaded.Errors, error);
        }

        if (
            parsed.CommandResult.GetResult(Route) is not null
            && parsed.GetValue(Route) is { } route
            && loaded.Settings.Routes.All(known => known.Name != route)
        )
        {
            error.WriteLine($"The route {route} does not exist.");
            return ExitCodes.Usage;
        }

        try
        {
            return run(loaded.Settings);
        }
        catch (InvalidDataException e)
        {
            error.WriteLine(e.Message);
            return ExitCodes.Usage;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or PinFilesException)
        {
            error.WriteLine(e.Message);
            return ExitCodes.Failed;
        }
    }
}
