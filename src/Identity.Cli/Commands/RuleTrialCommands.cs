using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

internal static class RuleTrialCommands
{
    public static Command Simulate(VerbFactory verbs)
    {
        var rule = new Argument<string?>("RULE")
        {
            Description = "id or name of a rule; without one, all rules of the issuer",
            Arity = ArgumentArity.ZeroOrOne,
        }.Offering(Noun.Rule);
        var draft = Flags.Text("--draft", "FILE", "a rule as it would be created, JSON");
        var token = Flags.Text("--token-file", "FILE", "the workload's token");
        var claims = Flags.Text("--claims", "FILE", "claims as the token would have them, JSON");
        var request = Flags.Text("--request", "REQUEST-ID", "the claims of an exchange of the past");
        request.Aliases.Add("--event");
        var sample = Flags.Text("--sample", "PRESET/SAMPLE", "sample claims of this platform");
        var issuer = Flags
            .Text("--issuer", "ISSUER", "issuer whose rules to search, if the claims do not name it")
            .Offering(Noun.Issuer);
        return verbs.Create(
            "simulate",
            "show the result of an exchange without issuing a token. Exit code 2 if it would be denied",
            async (context, cancel) =>
            {
                var body = new JsonObject();
                if (context.Get(token) is { } tokenFile)
                {
                    body["token"] = InFile.ReadText(tokenFile).Trim();
                }

                if (context.Get(claims) is { } claimsFile)
                {
                    body["claims"] = ReadObject(claimsFile);
                }

                Add("request_id", context.Get(request));
                Add("sample", context.Get(sample));
                if (body.Count != 1)
                {
                    throw new CommandFailure(ExitCode.Usage, "whose claims?")
                    {
                        Next = "give one of --token-file, --claims, --request and --sample",
                    };
                }

                if (context.Get(rule) is { } named)
                {
                    body["rule_id"] = await context.IdAsync(Noun.Rule, named, cancel);
                }

                if (context.Get(draft) is { } draftFile)
                {
                    body["rule"] = ReadObject(draftFile);
                }

                if (context.Get(issuer) is { } searched)
                {
                    body["issuer_id"] = await context.IdAsync(Noun.Issuer, searched, cancel);
                }

                var client = await context.ClientAsync(cancel);
                var answer = await client.QueryAsync($"{Noun.Rule.Path}/simulate", body, cancel);
                return CommandResult.Object(answer) with
                {
                    Plain = ExplainText.OfSimulation(answer.Json, context.Settings.Url),
                    ExitCode = answer.Json.Text("decision") == "granted" ? ExitCode.Done : ExitCode.CheckFailed,
                };

                void Add(string member, string? value)
                {
                    if (value is not null)
                    {
                        body[member] = value;
                    }
                }
            },
            rule,
            draft,
            token,
            claims,
            request,
            sample,
            issuer
        );
    }

    public static Command Replay(VerbFactory verbs)
    {
        var edit = new RuleEdit();
        var days = new Option<int?>("--days") { Description = "how far back, 1 to 90 (default: 7)", HelpName = "N" };
        var since = new Option<TimeSpan?>("--since")
        {
            Description = "the same as a duration: 30d; whole days, rounded up",
            HelpName = "DURATION",
            CustomParser = argument => Durations.Parser(TimeSpan.FromHours(1), TimeSpan.FromDays(90))(argument),
        };
        var file = Flags.Text("--file", "FILE", "the edit as JSON, as an update would send it, instead of flags");
        file.Aliases.Add("-f");
        return verbs.Create(
            "replay",
            "replay the exchanges of the last days against a changed rule and show which would change; nothing is saved",
            async (context, cancel) =>
            {
                var (path, changes) = context.Get(file) is { } written
                    ? (await edit.PathAsync(context, cancel), ReadObject(written))
                    : await edit.ReadAsync(context, cancel);
                var body = new JsonObject { ["changes"] = changes };
                if (context.Has(days) && context.Has(since))
                {
                    throw new CommandFailure(ExitCode.Usage, "--days and --since exclude each other");
                }

                var daysBack = context.Get(since) is { } ago ? (int)Math.Ceiling(ago.TotalDays) : context.Get(days);
                if (daysBack is { } back)
                {
                    body["days"] = back;
                }

                var client = await context.ClientAsync(cancel);
                var answer = await client.QueryAsync($"{path}/replay", body, cancel);
                return CommandResult.Object(answer) with { Plain = ExplainText.OfReplay(answer.Json) };
            },
            [.. edit.Symbols, days, since, file]
        );
    }

    private static JsonObject ReadObject(string file)
    {
        try
        {
            return JsonNode.Parse(InFile.ReadText(file)) as JsonObject
                ?? throw new CommandFailure(ExitCode.Usage, "the file does not contain an object") { Where = file };
        }
        catch (JsonException e)
        {
            throw new CommandFailure(ExitCode.Usage, "the file is not JSON", e)
            {
                Where = file,
                Next = "give a file with one JSON object",
            };
        }
    }
}
