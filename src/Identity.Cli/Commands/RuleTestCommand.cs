using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

/// <summary><c>culvert rule test</c>: runs the saved tests, or new ones of a file, against the current rule.</summary>
internal static class RuleTestCommand
{
    public static Command Create(VerbFactory verbs)
    {
        var id = Flags.Id(Noun.Rule);
        var file = Flags.Text("--file", "FILE", "tests to try, JSON as in a rule's member tests, instead of its own");
        file.Aliases.Add("-f");
        return verbs.Create(
            "test",
            "run the rule's tests against its current version; exit code 2 if a test fails",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var rule = (
                    await client.GetAsync(await context.PathAsync(Noun.Rule, context.Get(id), cancel), cancel)
                ).Json;
                var tests = context.Get(file) is { } path ? Read(path) : rule["tests"] as JsonArray ?? [];
                if (tests.Count == 0)
                {
                    throw new CommandFailure(ExitCode.Refused, "the rule has no tests")
                    {
                        Where = rule.Text("name"),
                        Next = "give tests with --file; docs/presets-and-lints.md shows how",
                    };
                }

                var rows = new JsonArray();
                foreach (var test in tests.OfType<JsonObject>())
                {
                    rows.Add((JsonNode)await RunAsync(client, rule, test, cancel));
                }

                return CommandResult.List(
                    ApiAnswer.FromJson(new JsonObject { ["data"] = rows, ["next_page"] = null }),
                    new Column("TEST", "name", Fit.Whole),
                    new("EXPECTED", "expect", Fit.Whole),
                    new("ACTUAL", "got", Fit.Whole),
                    new("REASON", "reason", Fit.Wrap),
                    new("PASSED", "passed", Fit.Whole)
                ) with
                {
                    ExitCode = rows.All(row => row!["passed"]!.GetValue<bool>()) ? ExitCode.Done : ExitCode.CheckFailed,
                };
            },
            id,
            file
        );
    }

    private static async Task<JsonObject> RunAsync(
        ManagementClient client,
        JsonObject rule,
        JsonObject test,
        CancellationToken cancel
    )
    {
        var body = new JsonObject
        {
            ["rule_id"] = rule.Text("id"),
            ["claims"] = await ClaimsAsync(client, rule, test, cancel),
            // Without groups the person of a test is in none: the service would read those of the directory.
            ["directory"] = test["directory"]?.DeepClone() ?? new JsonObject(),
        };
        var answer = (await client.QueryAsync($"{Noun.Rule.Path}/simulate", body, cancel)).Json;
        var got = answer.Text("decision") == "granted" ? "allow" : "deny";
        var reason = answer.Text("reason");
        return new JsonObject
        {
            ["name"] = test.Text("name"),
            ["expect"] = test.Text("expect"),
            ["got"] = got,
            ["reason"] = reason,
            ["passed"] = got == test.Text("expect") && (test.Text("reason") is not { } wanted || wanted == reason),
        };
    }

    // A test omits claims that it does not concern: issuer and audience default to the rule's.
    private static async Task<JsonObject> ClaimsAsync(
        ManagementClient client,
        JsonObject rule,
        JsonObject test,
        CancellationToken cancel
    )
    {
        var claims = (JsonObject?)test["claims"]?.DeepClone() ?? [];
        if (!claims.ContainsKey("iss"))
        {
            var issuer = await client.GetAsync(Noun.Issuer.GetPath(rule.Text("issuer_id") ?? ""), cancel);
            claims["iss"] = issuer.Json.Text("issuer_url");
        }

        if (!claims.ContainsKey("aud"))
        {
            claims["aud"] = rule["match"].Text("audience") ?? client.Url.ToString().TrimEnd('/');
        }

        return claims;
    }

    private static JsonArray Read(string path)
    {
        try
        {
            var json = JsonNode.Parse(InFile.ReadText(path));
            return json as JsonArray
                ?? json?["tests"] as JsonArray
                ?? throw new CommandFailure(ExitCode.Usage, "the file does not contain a list of tests")
                {
                    Where = path,
                };
        }
        catch (JsonException e)
        {
            throw new CommandFailure(ExitCode.Usage, "the file is not JSON", e) { Where = path };
        }
    }
}
