using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.EndToEnd.Tests.HighAvailability;
using Culvert.Stage.Hops;
using Culvert.Stage.Ports;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Documentation;

/// <summary>What the pages tell their readers to type does what they say, on a running system.</summary>
[Collection(DocumentedSystemCollection.Name)]
public sealed class DocumentedCommandTests(DocumentedSystem system) : SystemTest(system)
{
    private const string TasksPage = "tasks.md";

    /// <summary>Tasks that nothing can be executed of here, and who proves them instead.</summary>
    private static readonly IReadOnlyDictionary<string, string> Elsewhere = new Dictionary<string, string>
    {
        ["Practise a restore"] = "its steps are executed in backup.md",
        ["Rotate the sealing key"] = "needs the host's systemd; SealRotationTests",
        ["Renew the registered CA"] =
            "its steps are executed in ca-registration.md; with an HSM in AuthorityRotationTests",
    };

    public static TheoryData<string> Pages => [.. DocumentedPage.All().Select(page => page.Name)];

    [Theory]
    [MemberData(nameof(Pages))]
    public Task Page_WorkedOffInOrder_DoesWhatItSays(string name) => ProveAsync(DocumentedPage.Read(name));

    /// <summary>A job that cannot work does not pass for one that can.</summary>
    [Theory]
    [InlineData("github-actions.md", "--token-file id-token", "--token-file token", "file token does not exist")]
    [InlineData("github-actions.md", "audience=$CULVERT_IDENTITY_URL", "audience=sts", "exchange.failed")]
    [InlineData("github-actions.md", "--rule \"$RULE\"", "--rule \"$RULE_ID\"", "RULE_ID: unbound variable")]
    [InlineData("github-actions.md", "id-token: write", "id-token: read", "unbound variable")]
    [InlineData(
        "gitlab.md",
        "{aud: https://identity.example.com:8443}",
        "{aud: https://gitlab.com}",
        "exchange.failed"
    )]
    [InlineData("gitlab.md", "project_id=1234", "project_id=12345", "exchange.failed")]
    public async Task Job_ThatCannotWork_IsFound(string name, string good, string bad, string why)
    {
        var text = DocumentedPage.ReadText($"platforms/{name}");
        text.ShouldContain(good);

        var failure = await Record.ExceptionAsync(() =>
            ProveAsync(DocumentedPage.Parse($"platforms/{name}", text.Replace(good, bad, StringComparison.Ordinal)))
        );

        failure.ShouldNotBeNull().Message.ShouldContain(why);
    }

    private async Task ProveAsync(DocumentedPage page)
    {
        // A folder of its own each time: a file that an earlier run left would pass for one of this.
        var run = RandomNumberGenerator.GetHexString(4, lowercase: true);
        var folder = Installation.Run.File("pages", $"{page.Name.Replace('/', '-')}-{run}");
        await using var provider = new JobProvider(PortProbe.FreeBlock().IdentityProvider);
        var environment = await EnvironmentAsync(folder, provider);
        foreach (var (variable, audience) in page.Job?.TokenAudiences ?? new Dictionary<string, string>())
        {
            environment[variable] = provider.CreateGitlabToken(
                audience == page.Job!.ExampleUrl ? Installation.Service.PublicUrl : audience
            );
        }

        await new PageRun(page, folder, environment).ProveAsync(PagePreludes.Of(page.Name), Cancel);
    }

    [Fact]
    public void Task_OfTheTasksPage_IsExecutedOrSaysWhyNot()
    {
        var page = DocumentedPage.Read(TasksPage);
        var executed = page.Blocks.Select(block => block.Heading).ToHashSet(StringComparer.Ordinal);

        page.Headings.Count.ShouldBeGreaterThan(10);
        page.Headings.Where(task => executed.Contains(task) == Elsewhere.ContainsKey(task)).ShouldBeEmpty();
        Elsewhere.Keys.Except(page.Headings).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("a …\nc", "a   1 2\nb\nc\n", true)]
    [InlineData("a …\nc", "a 1\nb", false)]
    [InlineData("a", "a b", false)]
    public void Output_WithGaps_Fits(string promised, string printed, bool fits) =>
        PageRun.Fits(promised, printed).ShouldBe(fits);

    private async Task<Dictionary<string, string>> EnvironmentAsync(string folder, JobProvider provider)
    {
        var environment = InstallationEnvironment.Of(Installation).ToDictionary();
        environment.Remove("CULVERT_WORKSPACE_ID"); // range sets belong to the whole organization
        environment["PATH"] = $"{Installation.Run.Binaries}:{Environment.GetEnvironmentVariable("PATH")}";
        environment["HOME"] = folder;
        environment["AGENT_CONFIG"] = Installation.Run.File(Installation.Agent.Name, "agent.yaml");
        environment["SERVICE_CONFIG"] = Installation.Service.ConfigurationFile;
        environment["AUDIT_EXPORT"] = Installation.Service.AuditExport;
        environment["POLICED_URL"] = Installation
            .Record.Tunnel.Endpoint(Installation.Ports.Sni, TunnelAgent.PolicedRoute)
            .AbsoluteUri;
        environment["ENTERPRISE_ROOT"] = Installation.Run.File("enterprise", "offline-root");
        environment["EXAMPLE_JWKS"] = await ExampleKeysAsync(provider);
        environment["ACTIONS_ID_TOKEN_REQUEST_URL"] = provider.GithubRequestUrl;
        environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = provider.GithubRequestToken;
        return environment;
    }

    // The keys of an identity provider that does not exist come from a file.
    private async Task<string> ExampleKeysAsync(JobProvider provider)
    {
        var file = Installation.Run.File("example-jwks.json");
        using var issuer = new AssertionSource();
        var keys = JsonNode.Parse(issuer.JwkSet())!;
        keys["keys"]!.AsArray().Add(provider.PublicKey());
        await File.WriteAllTextAsync(file, keys.ToJsonString(), Cancel);
        return file;
    }
}
