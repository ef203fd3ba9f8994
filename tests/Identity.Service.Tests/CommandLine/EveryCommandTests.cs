using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Culvert.Identity.Cli;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Service.Tests.CommandLine;

/// <summary>
/// Every verb of <c>culvert</c> before a service in which there is something of everything, by the rows of
/// every-command.txt: each ends as its row says and in readable text, and the service fails at none of it.
/// </summary>
public sealed partial class EveryCommandTests
{
    // As our own readers are: a member that an object has twice is an error.
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    // No operator must ever see them.
    private static readonly string[] Leaks =
    [
        "Unhandled",
        "\uFFFD",
        "System.Text.Json",
        "System.Collections",
        "Culvert.Identity.",
    ];

    // What changes something, and which no command calls. The test calls them itself.
    private static readonly Dictionary<string, string> Uncalled = new()
    {
        ["DELETE /v1/agent/acme_challenges/{challenge_id}"] = "agents alone",
        ["DELETE /v1/organizations/workspaces/{workspace}/service_accounts/{id}"] = "commands go by the account",
        ["POST /oauth/{organization_id}/register"] = "clients of people alone",
        ["POST /oauth/{organization_id}/revoke"] = "clients of people alone",
        ["POST /oauth/{organization_id}/token"] = "clients of people alone",
        ["POST /signals/{id}"] = "transmitters alone",
        ["POST /v1/agent/acme_challenges/{challenge_id}/acknowledgements"] = "agents alone",
        ["POST /v1/agent/connection_tokens"] = "agents alone",
        ["POST /v1/agent/github_app_tokens"] = "agents alone",
        ["POST /v1/agent/renewals"] = "agents alone",
        ["POST /v1/edge/acme_challenges/{challenge_id}/acknowledgements"] = "edges alone",
        ["POST /v1/edge/renewals"] = "edges alone",
        ["POST /v1/ocsp/{ca_id}"] = "verifiers of certificates alone",
        ["POST /v1/organizations/workspaces/{workspace}/service_accounts"] = "commands go by the account",
        ["POST /v1/organizations/workspaces/{workspace}/service_accounts/{id}"] = "commands go by the account",
        ["POST /v1/sign_in"] = "a person's login, which needs a browser",
        ["POST /v1/tunnels/{tunnel_id}/trust_bundle/acknowledgements"] = "relying parties alone",
        ["POST /v1/webhooks/{webhook_id}/decisions"] = "receivers of webhooks alone",
    };

    private readonly List<string> findings = [];
    private Dictionary<string, string> values = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void EveryVerb_HasARow()
    {
        var root = CulvertCommand.Describe();
        var verbs = root.Subcommands.SelectMany(command => FindVerbs(command, command.Name)).ToList();

        verbs.Count.ShouldBeGreaterThan(150);
        verbs.Except(CommandRow.ReadAll().Select(row => FindVerb(root, row))).ShouldBeEmpty();
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task EveryVerb_OfAServiceWithSomethingOfEverything_EndsAsItsRowSays()
    {
        await using var full = await FullService.StartAsync();
        await using var desk = await OperatorDesk.OpenAsync(full.Service);
        values = WriteFiles(full, desk);

        foreach (var row in CommandRow.ReadAll())
        {
            await RunAsync(desk, row);
        }

        await CallUncalledAsync(full);
        findings.AddRange(full.Calls.Faults);
        findings.ShouldBeEmpty();
    }

    // What the rows name besides the things of the service.
    private static Dictionary<string, string> WriteFiles(FullService full, OperatorDesk desk)
    {
        var authority = TestCertificates.Authority("Walk", full.Service.Time.GetUtcNow());
        var tests = new JsonArray(
            new JsonObject
            {
                ["name"] = "main branch",
                ["claims"] = new JsonObject { ["sub"] = "repo:acme/app:ref:refs/heads/main" },
                ["expect"] = "allow",
            }
        );
        return new(full.Things)
        {
            ["dir"] = desk.Path(),
            ["access_token_file"] = desk.WriteSecret("access.token", full.Things["access_token"]),
            ["authority_file"] = desk.Write("authority.pem", authority),
            ["authority_fingerprint"] = OfflineRoot.Fingerprint(authority),
            ["chain_file"] = desk.Write("chain.pem", full.FreshChain),
            ["chain_fingerprint"] = OfflineRoot.Fingerprint(full.FreshChain),
            ["claims_file"] = desk.Write("claims.json", full.CreateClaims().ToJsonString()),
            ["declared"] = Path.GetDirectoryName(
                desk.Write(
                    "declared/ranges.yaml",
                    "kind: range_set\nname: declared\nspec: {ranges: [203.0.113.0/24]}\n"
                )
            )!,
            ["jwks_file"] = desk.Write(
                "jwks.json",
                new JsonObject { ["keys"] = full.ProviderKeys.DeepClone() }.ToJsonString()
            ),
            ["login_token_file"] = desk.WriteSecret("login.token", full.SignToken()),
            ["password_file"] = desk.WriteSecret("password", "walk\n"),
            ["pkcs12_file"] = desk.WriteSecret("key.p12", "walk"),
            ["policy_file"] = desk.Write("policy.yaml", "mode: observe\nrules: []\n"),
            ["renew_token_file"] = desk.WriteSecret("renew.token", full.SignToken()),
            ["second_key_file"] = desk.WriteSecret("second.key", full.Things["second_key"]),
            ["tests_file"] = desk.Write("tests.json", tests.ToJsonString()),
        };
    }

    private async Task RunAsync(OperatorDesk desk, CommandRow row)
    {
        string[] words = [.. row.Words.Select(Fill)];
        try
        {
            // What later rows need of an answer is read from the wire's own form.
            var run = await desk.TryRunAsync(row.Variable is null ? words : [.. words, "-o", "json"]);
            Check(row, run, row.Text);
            if (row.Variable is not null)
            {
                values[row.Variable] = Find(JsonNode.Parse(run.Out, documentOptions: Strict), row.Member!);
            }

            if (row.IsRead)
            {
                var again = await desk.TryRunAsync([.. words, "-o", "json"]);
                Check(row, again, text: "");
                _ = again.Out.Length == 0 ? null : JsonNode.Parse(again.Out, documentOptions: Strict);
            }
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            findings.Add($"{row}: {fault.GetType().Name}: {fault.Message}");
        }
    }

    private void Check(CommandRow row, (int ExitCode, string Out, string Error) run, string text)
    {
        var said = $"{run.Out}\n{run.Error}";
        if (run.ExitCode != row.ExitCode)
        {
            findings.Add($"{row}: {run.ExitCode} instead of {row.ExitCode}: {said.Trim()}");
            return;
        }

        if (!said.Contains(text, StringComparison.Ordinal))
        {
            findings.Add($"{row}: '{text}' is missing in: {said.Trim()}");
        }

        findings.AddRange(
            Leaks
                .Where(leak => said.Contains(leak, StringComparison.Ordinal))
                .Concat(said.Split('\n').Where(line => StackFrame().IsMatch(line)))
                .Select(leak => $"{row}: says '{leak}'")
        );
    }

    private string Fill(string word) =>
        Placeholder().Replace(word, match => values.GetValueOrDefault(match.Groups[1].Value, match.Value));

    // GET operations are those of EveryReadTests.
    private async Task CallUncalledAsync(FullService full)
    {
        var described = JsonNode.Parse(
            await File.ReadAllTextAsync(CheckoutFolder.GetPath("docs/openapi.json"), Cancel)
        )!["paths"]!
            .AsObject()
            .SelectMany(path => path.Value!.AsObject().Select(one => $"{one.Key.ToUpperInvariant()} {path.Key}"))
            .Where(operation => operation.Split(' ')[0] is "POST" or "PUT" or "PATCH" or "DELETE")
            .ToHashSet();
        described.Count.ShouldBeGreaterThan(100);
        var left = described.Except(full.Calls.Operations).ToHashSet();
        findings.AddRange(left.Except(Uncalled.Keys).Select(operation => $"{operation}: no row calls it"));
        findings.AddRange(Uncalled.Keys.Except(left).Select(operation => $"{operation}: is called, or gone"));

        foreach (var operation in Uncalled.Keys)
        {
            var (method, template) = (operation.Split(' ')[0], operation.Split(' ')[1]);
            using var request = ApiCalls.Post(
                OneOfEach.Fill(template, template, full.Things),
                method == "POST" ? OneOfEach.Body(method, template, full.Things) : null
            );
            request.Method = new HttpMethod(method);
            using var answer = await full.ClientOf(template).SendAsync(request, Cancel);
        }

        findings.AddRange(Uncalled.Keys.Except(full.Calls.Operations).Select(operation => $"{operation}: not reached"));
    }

    private static string Find(JsonNode? answer, string member)
    {
        foreach (var step in member.Split('.'))
        {
            answer = int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var place)
                ? answer![place]
                : answer![step];
        }

        return answer!.ToString();
    }

    private static IEnumerable<string> FindVerbs(Command command, string path) =>
        [
            .. command.Subcommands.Count == 0 || command.Action is not null ? [path] : Array.Empty<string>(),
            .. command.Subcommands.SelectMany(verb => FindVerbs(verb, $"{path} {verb.Name}")),
        ];

    // As many of its words as lead down the tree.
    private static string FindVerb(Command root, CommandRow row)
    {
        List<string> path = [];
        var command = root;
        foreach (var word in row.Words)
        {
            if (command.Subcommands.FirstOrDefault(verb => verb.Name == word) is not { } next)
            {
                break;
            }

            path.Add(word);
            command = next;
        }

        return string.Join(' ', path);
    }

    [GeneratedRegex(@"\{([\w/]+)\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"^   at .*\(")]
    private static partial Regex StackFrame();
}
