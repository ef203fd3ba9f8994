using Culvert.EndToEnd.Tests.Harness;
using Culvert.EndToEnd.Tests.HighAvailability;
using Culvert.Stage.Hops;
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
        ["Rotate the sealing key"] = "needs the host's systemd; SealRotationTests",
        ["Renew the registered CA"] =
            "its steps are executed in ca-registration.md; with an HSM in AuthorityRotationTests",
    };

    public static TheoryData<string> Pages => [.. DocumentedPage.All().Select(page => page.Name)];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Page_WorkedOffInOrder_DoesWhatItSays(string name)
    {
        var page = DocumentedPage.Read(name);
        var folder = Installation.Run.File("pages", name.Replace('/', '-'));

        await new PageRun(page, folder, await EnvironmentAsync(folder)).ProveAsync(PagePreludes.Of(name), Cancel);
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

    private async Task<IReadOnlyDictionary<string, string>> EnvironmentAsync(string folder)
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
        environment["EXAMPLE_JWKS"] = await ExampleKeysAsync();
        return environment;
    }

    // An identity provider that is not of this world is known by its keys, handed over as a file.
    private async Task<string> ExampleKeysAsync()
    {
        var file = Installation.Run.File("example-jwks.json");
        using var issuer = new AssertionSource();
        await File.WriteAllTextAsync(file, issuer.JwkSet(), Cancel);
        return file;
    }
}
