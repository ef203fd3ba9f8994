using System.CommandLine;
using Culvert.Identity.Service.Commands;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Platform.Programs;
using Culvert.Platform.Secrets;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Commands;

/// <summary><c>identity-service migrate</c> as an operator calls it on the host of a running node.</summary>
public sealed class MigrateCommandTests : IDisposable
{
    private const string Newest = "0002_edge_assignment";

    private readonly string folder = Directory.CreateTempSubdirectory("culvert-migrate-").FullName;

    [Theory]
    [InlineData(StorageBackend.Sqlite)]
    [InlineData(StorageBackend.Postgres)]
    public async Task PlanAndCheck_NodeRuns_NeedNoLock(StorageBackend backend)
    {
        using var store = new StoreUnderTest(backend);
        using var running = StateDirectory.Open(store.ServiceOptions.StateDirectory);

        (await RunAsync(store, "--plan")).ShouldBe((0, "The database is of this version.\n"));
        (await RunAsync(store, "--check")).ShouldBe((0, "This version starts on the database.\n"));
    }

    [Fact]
    public async Task Migrate_NodeRunsOnADatabaseServer_AppliesWhatOnlyAdds()
    {
        using var store = new StoreUnderTest(StorageBackend.Postgres);
        using var running = StateDirectory.Open(store.ServiceOptions.StateDirectory);
        TakeBack(store);

        (await RunAsync(store)).ShouldBe((0, $"applied: {Newest}\n"));
        (await RunAsync(store)).ShouldBe((0, "The database is of this version.\n"));
    }

    [Fact]
    public async Task Migrate_NodeRunsOnAFile_IsRefused()
    {
        using var store = new StoreUnderTest(StorageBackend.Sqlite);
        using var running = StateDirectory.Open(store.ServiceOptions.StateDirectory);

        var (code, text) = await RunAsync(store);

        code.ShouldBe(ExitCodes.Failed);
        text.ShouldContain("in use by another process");
    }

    /// <summary>What the package's script asks before it restarts a service.</summary>
    [Fact]
    public async Task Check_MigrationIsMissing_FailsUnlessTheNodeMayApplyIt()
    {
        using var store = new StoreUnderTest(StorageBackend.Sqlite);
        TakeBack(store);

        var (code, text) = await RunAsync(store, "--check");
        code.ShouldBe(ExitCodes.Configuration);
        text.ShouldContain(Newest);
        (await RunAsync(store, "--plan")).ShouldBe((0, $"needed: {Newest}\n"));
        (await RunAsync(store, "--check", "--set", "storage.migrate=apply")).Code.ShouldBe(0);
        // Nothing was applied.
        (await RunAsync(store, "--plan")).ShouldBe((0, $"needed: {Newest}\n"));
    }

    [Theory]
    [InlineData("", ExitCodes.Failed)]
    [InlineData("--if-initialised", ExitCodes.Done)]
    public async Task Migrate_NoInstallation_SaysSo(string option, int expected)
    {
        var options = ServiceUnderTest.OptionsIn(folder, StorageBackend.Sqlite);

        var (code, text) = await RunAsync(options, option.Length > 0 ? [option] : []);

        code.ShouldBe(expected);
        text.ShouldContain("does not exist: run `identity-service init` first.");
    }

    [Fact]
    public void PlanAndCheck_Together_AreAnErrorOfTheCommandLine()
    {
        var parsed = ServiceCommand.Create().Parse(["migrate", "--plan", "--check"]);

        parsed.Errors.ShouldHaveSingleItem().Message.ShouldContain("exclude each other");
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    // As it was before the newest migration.
    private static void TakeBack(StoreUnderTest store) =>
        store.Sql(
            "ALTER TABLE tunnels DROP COLUMN edge_ids; ALTER TABLE installation DROP COLUMN edges_per_tunnel; "
                + "DROP TABLE edge_assignment_changes; DELETE FROM migrations WHERE number = 2; "
                + "DELETE FROM expansions WHERE number = 2"
        );

    private Task<(int Code, string Text)> RunAsync(StoreUnderTest store, params string[] arguments) =>
        RunAsync(store.ServiceOptions, arguments);

    private async Task<(int Code, string Text)> RunAsync(ServiceOptions options, params string[] arguments)
    {
        var file = Path.Combine(folder, "identity-service.yaml");
        var connection = Path.Combine(folder, "connection");
        var storage = "{type: sqlite}";
        if (options.Storage.Postgres is { } postgres)
        {
            File.Delete(connection);
            PrivateFile.WriteNew(connection, System.Text.Encoding.UTF8.GetBytes(postgres.ReadConnection()));
            storage = $"{{type: postgres, postgres: {{connection: \"file:{connection}\"}}}}";
        }

        await File.WriteAllTextAsync(
            file,
            $$"""
            config_version: 1
            public_url: {{options.PublicUrl}}
            machine_url: {{options.MachineUrl}}
            trust_domain: {{options.TrustDomain}}
            state_dir: {{options.StateDirectory}}
            storage: {{storage}}
            keys: {sealing_key: "file:{{options.SealingKey.File}}"}
            """,
            TestContext.Current.CancellationToken
        );
        using var output = new StringWriter();
        var code = await ServiceCommand
            .Create()
            .Parse(["migrate", .. arguments, "--config", file])
            .InvokeAsync(
                new InvocationConfiguration { Output = output, Error = output },
                TestContext.Current.CancellationToken
            );
        return (code, output.ToString());
    }
}
