using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Backup;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Sealing;
using Culvert.Identity.Service.Tenants;
using Culvert.Identity.Service.Tests.Fixtures;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Backup;

/// <summary>A backup of a running service, and what a service restored from it does and refuses.</summary>
[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class BackupTests : IAsyncLifetime
{
    private static readonly RestoreChoice NothingLater = new([], [], NothingLater: true);

    private readonly string folder = Directory.CreateTempSubdirectory("culvert-backup-").FullName;
    private readonly List<ServiceUnderTest> former = [];
    private FederatedService federated = null!;
    private int exports;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string BackupPath => Path.Combine(folder, "backup");

    public async ValueTask InitializeAsync() => federated = await FederatedService.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await federated.DisposeAsync();
        foreach (var service in former)
        {
            await service.DisposeAsync();
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Restored_ServesWhatWasThere_UnderANewNode()
    {
        var rule = await federated.RuleAsync();
        var tunnel = await federated.CreateAsync("/v1/tunnels", new JsonObject { ["display_name"] = "kept" });
        await BackUpAsync();
        var before = federated.Service.Get<StoreNode>();

        await RestoreAsync(NothingLater);

        (await federated.GetAsync($"/v1/tunnels/{tunnel.Id()}")).Text("domain").ShouldBe(tunnel.Text("domain"));
        federated.Time.Advance(TimeSpan.FromSeconds(2));
        (await federated.ExchangeAsync(rule, federated.Token())).StatusCode.ShouldBe(HttpStatusCode.OK);
        var node = federated.Service.Get<StoreNode>();
        node.Name.ShouldBe(before.Name + "-r1");
        node.Id.ShouldNotBe(before.Id, "the prefix of serial numbers is another one");
    }

    [Fact]
    public async Task Restored_CredentialsOfBefore_AreDead()
    {
        var rule = await federated.RuleAsync();
        var token = await federated.AccessTokenAsync(rule);
        var oldKey = federated.Service.AdminKey;
        await BackUpAsync();

        await RestoreAsync(NothingLater);

        foreach (var credential in new[] { token, oldKey })
        {
            using var client = federated.Service.Client(credential);
            using var answer = await client.GetAsync("/v1/tunnels", Cancel);
            answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }
    }

    [Fact]
    public async Task Restored_AssertionOfBefore_IsRefusedWhereReplayIsOn()
    {
        var strict = await federated.RuleAsync();
        var loose = await federated.RuleAsync(editIssuer: issuer => issuer["check_jti"] = false);
        await BackUpAsync();
        // Exchanged after the backup: the restored database does not know.
        var used = federated.Token();
        (await federated.ExchangeAsync(strict, used)).StatusCode.ShouldBe(HttpStatusCode.OK);

        await RestoreAsync(NothingLater);

        federated.Time.Advance(TimeSpan.FromSeconds(2));
        (await federated.DenialAsync(strict, used)).ShouldBe("issued_before_restore");
        (await federated.ExchangeAsync(loose, used)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await federated.ExchangeAsync(strict, federated.Token())).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Restored_Chain_BeginsWithTheGapAndIsSigned()
    {
        await BackUpAsync();
        await federated.CreateAsync("/v1/tunnels", new JsonObject { ["display_name"] = "lost" });

        await RestoreAsync(NothingLater);

        var export = await federated.Service.Api.GetStringAsync("/v1/audit/export", Cancel);
        var node = federated.Service.Get<StoreNode>().Name;
        var first = export
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonNode.Parse(line)!)
            .First(entry => (string?)entry["node"] == node);
        var body = JsonNode.Parse((string)first["body"]!)!;
        ((long)first["sequence"]!).ShouldBe(1);
        ((string?)body["event"]).ShouldBe("installation_restored");
        ((string?)body["event_data"]!["chains_end"]![0]!["node"]).ShouldBe("node-1");
        ((bool?)body["event_data"]!["nothing_later"]).ShouldBe(true);
        await federated.Service.Get<AuditCheckpoints>().SignAsync(Cancel);
        (await federated.Service.Api.GetStringAsync("/v1/audit/checkpoint", Cancel)).Split('.').Length.ShouldBe(3);
    }

    [Fact]
    public async Task Restored_WithALaterExport_TakesAwayAgainWhatWasTakenAway()
    {
        var archived = await federated.RuleAsync();
        var changed = await federated.RuleAsync();
        var kept = await federated.RuleAsync();
        var tunnel = (await federated.CreateAsync("/v1/tunnels", new JsonObject { ["display_name"] = "gone" })).Id();
        var paused = (await federated.CreateAsync("/v1/tunnels", new JsonObject { ["display_name"] = "edited" })).Id();
        await BackUpAsync();
        await federated.CreateAsync($"{FederatedService.Rules}/{archived}/archive");
        await federated.CreateAsync(
            $"{FederatedService.Rules}/{changed}",
            new JsonObject { ["description"] = "narrower" }
        );
        await federated.CreateAsync($"/v1/tunnels/{tunnel}/archive");
        await federated.CreateAsync($"/v1/tunnels/{paused}/rotate_token", []);

        await RestoreAsync(new RestoreChoice([await ExportAsync()], [], NothingLater: false));

        federated.Time.Advance(TimeSpan.FromSeconds(2));
        (await federated.DenialAsync(archived, federated.Token())).ShouldBe("rule_archived");
        (await federated.DenialAsync(changed, federated.Token())).ShouldBe("rule_disabled");
        (await federated.ExchangeAsync(kept, federated.Token())).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await federated.GetAsync($"/v1/tunnels/{tunnel}")).GetProperty("archived_at").GetString().ShouldNotBeNull();
        var held = await federated.GetAsync($"/v1/tunnels/{paused}");
        held.GetProperty("paused_at").GetString().ShouldNotBeNull();
        // The operator looks, and takes the hold back.
        await federated.CreateAsync($"{FederatedService.Rules}/{changed}", new JsonObject { ["state"] = "enforce" });
        (await federated.ExchangeAsync(changed, federated.Token())).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await federated.CreateAsync($"/v1/tunnels/{paused}/rotate_token", [])).Text("tunnel_token").ShouldNotBeNull();
    }

    [Fact]
    public async Task Restored_WithALaterExport_SendsNothingToAWebhookArchivedLater()
    {
        await federated.Service.PauseJobsAsync();
        var webhook = (
            await federated.CreateAsync("/v1/webhooks", new JsonObject { ["url"] = "https://hooks.example.com/in" })
        ).Id();
        await federated.CreateAsync($"/v1/webhooks/{webhook}/test");
        (await FindStatesAsync()).ShouldBe(["pending"]);
        await BackUpAsync();
        await federated.CreateAsync($"/v1/webhooks/{webhook}/archive");

        await RestoreAsync(new RestoreChoice([await ExportAsync()], [], NothingLater: false));

        (await FindStatesAsync()).ShouldBe(["failed"]);

        async Task<IEnumerable<string>> FindStatesAsync() =>
            (await federated.GetAsync($"/v1/webhooks/{webhook}/deliveries"))
                .GetProperty("data")
                .EnumerateArray()
                .Select(delivery => delivery.Text("state"));
    }

    // The version of the backup may allow more than the one that was approved later.
    [Fact]
    public async Task Restored_WithALaterExport_HasNoActivePolicyWhereOneWasApproved()
    {
        using var bob = await AddPersonAsync();
        var tunnel = await federated.CreateAsync("/v1/tunnels", []);
        var policies = $"/v1/tunnels/{tunnel.Id()}/policies";
        var (kept, _) = (await ApproveAsync("kept"), await ApproveAsync("changed"));
        await BackUpAsync();
        await ApproveAsync("changed");

        await RestoreAsync(new RestoreChoice([await ExportAsync()], [], NothingLater: false));

        (await federated.GetAsync($"{policies}?state=active"))
            .GetProperty("data")
            .EnumerateArray()
            .Select(one => one.Id())
            .ShouldBe([kept]);

        async Task<string> ApproveAsync(string route)
        {
            var draft = await federated.CreateAsync(
                policies,
                new JsonObject { ["hostname"] = $"{route}.{tunnel.Text("domain")}", ["text"] = "mode: enforce" }
            );
            return (await bob.PostOkAsync($"{policies}/{draft.Id()}/approve")).Id();
        }
    }

    [Fact]
    public async Task Check_WithoutAWordOnWhatCameLater_Refuses()
    {
        await BackUpAsync();

        Refusal(new RestoreChoice([], [], NothingLater: false)).ShouldContain("--later");
    }

    [Fact]
    public async Task Check_ExportOfAnotherHistory_Refuses()
    {
        await BackUpAsync();
        await using var other = await ServiceUnderTest.StartAsync();
        var export = Path.Combine(folder, "other.jsonl");
        for (var i = 0; i < 20; i++)
        {
            await other.Api.PostOkAsync("/v1/tunnels", "{}");
            other.Time.Advance(TimeSpan.FromSeconds(1));
            await other.Api.PostOkAsync("/v1/organizations/workspaces", $$"""{"name":"w-{{i}}"}""");
            if (i >= 8)
            {
                break;
            }
        }

        await File.WriteAllTextAsync(export, await other.Api.GetStringAsync("/v1/audit/export", Cancel), Cancel);

        Refusal(new RestoreChoice([export], [], NothingLater: false)).ShouldContain("different histories");
    }

    [Fact]
    public async Task Check_ExportOfBeforeTheBackup_Refuses()
    {
        var export = await ExportAsync();
        await federated.CreateAsync("/v1/tunnels", new JsonObject { ["display_name"] = "later" });
        await BackUpAsync();

        Refusal(new RestoreChoice([export], [], NothingLater: false)).ShouldContain("is older than the backup");
    }

    [Fact]
    public async Task Check_ChangedExport_Refuses()
    {
        await BackUpAsync();
        await federated.CreateAsync("/v1/tunnels", new JsonObject { ["display_name"] = "later" });
        var export = await ExportAsync();
        await File.WriteAllTextAsync(
            export,
            (await File.ReadAllTextAsync(export, Cancel)).Replace("later", "latex"),
            Cancel
        );

        Refusal(new RestoreChoice([export], [], NothingLater: false))
            .ShouldContain("was changed after it was recorded");
    }

    public static TheoryData<string, Func<byte[], byte[]>> Damage() =>
        new()
        {
            { "cut off", bytes => bytes[..(bytes.Length / 2)] },
            { "nothing", _ => [] },
            { "something else", _ => Encoding.UTF8.GetBytes("{}\n") },
            {
                "another row",
                bytes => Repack(bytes, lines => lines.Select(l => l.Replace("Example", "Exemple")).ToList())
            },
            {
                "a row less",
                bytes => Repack(bytes, lines => [.. lines.SkipWhile((_, i) => false).Where((l, i) => i != 2)])
            },
            { "no end", bytes => Repack(bytes, lines => lines[..^1]) },
            { "more behind the end", bytes => Repack(bytes, lines => [.. lines, "[]"]) },
        };

    [Theory]
    [MemberData(nameof(Damage), DisableDiscoveryEnumeration = true)]
    public async Task Check_DamagedFile_Refuses(string what, Func<byte[], byte[]> damage)
    {
        await BackUpAsync();
        await File.WriteAllBytesAsync(BackupPath, damage(await File.ReadAllBytesAsync(BackupPath, Cancel)), Cancel);

        Should.Throw<BackupException>(() => Elsewhere().Check(BackupPath, NothingLater), what);
    }

    public static TheoryData<string, Action<string>> Changes() =>
        new()
        {
            { "another backup", path => File.Copy(path + ".other", path, overwrite: true) },
            { "another row", path => Edit(path, lines => [.. lines.Select(l => l.Replace("Example", "Exemple"))]) },
            { "cut off", path => File.WriteAllBytes(path, File.ReadAllBytes(path)[..^20]) },
            { "more behind the end", path => Edit(path, lines => [.. lines, "[]"]) },
            { "gone", File.Delete },
        };

    /// <summary>A process that may write to the folder has a moment between the check and the insertion.</summary>
    [Theory]
    [MemberData(nameof(Changes), DisableDiscoveryEnumeration = true)]
    public async Task Restore_FileChangedAfterTheCheck_RestoresNothing(string what, Action<string> change)
    {
        await BackUpAsync();
        await federated.CreateAsync("/v1/tunnels", new JsonObject { ["display_name"] = "later" });
        await BackupMaker.WriteAsync(
            federated.Service.Options,
            BackupPath + ".other",
            federated.Time,
            _ => { },
            Cancel
        );
        var restorer = Elsewhere();
        var plan = restorer.Check(BackupPath, NothingLater);

        change(BackupPath);

        await Should.ThrowAsync<BackupException>(
            () => restorer.RestoreAsync(plan, NothingLater, (_, _) => { }, Cancel),
            what
        );
        Directory.GetFiles(Path.Combine(folder, "elsewhere"), "identity.db").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("tenants\" (x); DROP TABLE \"journal")]
    [InlineData("Organizations")]
    [InlineData("organizations ")]
    [InlineData("organizations\n")]
    [InlineData("")]
    public async Task Check_SealedHeaderWithANameOfNoSchema_Refuses(string name)
    {
        var (header, _) = await BackUpAsync();
        WriteSealed(header, new BackupTable(name, [new BackupColumn("id", BackupColumnType.Text)]));

        Refusal(NothingLater).ShouldContain("names a table or column");

        WriteSealed(header, new BackupTable("tunnels", [new BackupColumn(name, BackupColumnType.Text)]));

        Refusal(NothingLater).ShouldContain("names a table or column");
    }

    [Theory]
    [InlineData("sqlite_master", "name")]
    [InlineData("migrations", "name")]
    [InlineData("tunnels", "no_such_column")]
    public async Task Restore_SealedHeaderWithANameThatTheSchemaLacks_RestoresNothing(string table, string column)
    {
        var (header, _) = await BackUpAsync();
        WriteSealed(header, new BackupTable(table, [new BackupColumn(column, BackupColumnType.Text)]));
        var restorer = Elsewhere();
        var plan = restorer.Check(BackupPath, NothingLater);

        var refused = await Should.ThrowAsync<BackupException>(() =>
            restorer.RestoreAsync(plan, NothingLater, (_, _) => { }, Cancel)
        );

        refused.Message.ShouldContain("names a table or column");
    }

    [Fact]
    public async Task Check_OtherSealingKey_NamesTheOneThatIsNeeded()
    {
        var (header, _) = await BackUpAsync();
        var place = Place();
        await File.WriteAllTextAsync(place.SealingKey.File!, Service.Storage.Sealing.SealingKeys.NewText(), Cancel);

        var refused = Should.Throw<BackupException>(() =>
            Composition
                .CreateRestorer(place, federated.Time, NullLoggerFactory.Instance)
                .Check(BackupPath, NothingLater)
        );

        refused.Message.ShouldContain(header.SealingKeys[0].Fingerprint);
    }

    [Fact]
    public async Task Check_WhereAnInstallationIs_Refuses()
    {
        await BackUpAsync();

        Should.Throw<StoreException>(() =>
            Composition
                .CreateRestorer(federated.Service.Options, federated.Time, NullLoggerFactory.Instance)
                .Check(BackupPath, NothingLater)
        );
    }

    [Theory]
    [InlineData(StorageBackend.Sqlite)]
    [InlineData(StorageBackend.Postgres)]
    public async Task Restore_IntoEitherDatabase_HasWhatWasSaved(StorageBackend target)
    {
        await federated.CreateAsync("/v1/tunnels", new JsonObject { ["display_name"] = "Ümläute und Zeichen" });
        await BackUpAsync();
        var place = Place(target);
        var restorer = Composition.CreateRestorer(place, federated.Time, NullLoggerFactory.Instance);
        Dictionary<string, long> restored = [];

        await restorer.RestoreAsync(
            restorer.Check(BackupPath, NothingLater),
            NothingLater,
            (table, rows) => restored[table.Name] = rows,
            Cancel
        );

        var again = Path.Combine(folder, "again");
        var (header, _) = await BackupMaker.WriteAsync(place, again, federated.Time, _ => { }, Cancel);
        header.Tables.Select(table => table.Name).ShouldBe(restored.Keys, ignoreOrder: true);
        restored["tunnels"].ShouldBe(1);
        restored["journal"].ShouldBeGreaterThan(2);
        string.Join('\n', Lines(await File.ReadAllBytesAsync(again, Cancel))).ShouldContain("und Zeichen");
    }

    [Fact]
    public async Task File_LacksTheSealingKey_AndIsItsOwnersAlone()
    {
        var (header, rows) = await BackUpAsync();

        rows.ShouldBeGreaterThan(10);
        header.SealingKeys.ShouldHaveSingleItem().Values.ShouldBeGreaterThan(1);
        File.GetUnixFileMode(BackupPath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var key = (await File.ReadAllTextAsync(federated.Service.Options.SealingKey.File!, Cancel))
            .Split(':')[1]
            .Trim();
        string.Join('\n', Lines(await File.ReadAllBytesAsync(BackupPath, Cancel))).ShouldNotContain(key);
        Should.Throw<IOException>(() => BackUpAsync().GetAwaiter().GetResult());
    }

    // A second person: no other key made this one.
    private async Task<HttpClient> AddPersonAsync()
    {
        var secret = AdminKey.NewSecret();
        var key = new AdminKey
        {
            Id = AdminKeyId.New(),
            OrganizationId = federated.OrganizationId,
            Name = "Bob",
            Scopes = AdminRole.SecurityAdmin.Scopes,
            CreatedAt = federated.Time.GetUtcNow(),
            ExpiresAt = federated.Time.GetUtcNow().AddDays(1),
        };
        var statement = federated.Service.Get<AdminKeyStore>().Insert(key, Credentials.Hash(secret));
        var committed = await federated
            .Service.Get<IJournal>()
            .CommitAsync(new Decision { Statements = [statement] }, Cancel);
        committed.IsCommitted.ShouldBeTrue();
        return federated.Service.Client(secret);
    }

    private async Task<(BackupHeader Header, long Rows)> BackUpAsync() =>
        await BackupMaker.WriteAsync(federated.Service.Options, BackupPath, federated.Time, _ => { }, Cancel);

    private async Task RestoreAsync(RestoreChoice choice)
    {
        federated.Time.Advance(TimeSpan.FromSeconds(2));
        former.Add(await federated.RestoreAsync(BackupPath, choice));
    }

    private async Task<string> ExportAsync()
    {
        var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"export-{++exports}"));
        await File.WriteAllTextAsync(
            path,
            await federated.Service.Api.GetStringAsync("/v1/audit/export", Cancel),
            Cancel
        );
        return path;
    }

    private string Refusal(RestoreChoice choice) =>
        Should.Throw<BackupException>(() => Elsewhere().Check(BackupPath, choice)).Message;

    private Restorer Elsewhere() => Composition.CreateRestorer(Place(), federated.Time, NullLoggerFactory.Instance);

    private Culvert.Identity.Service.Configuration.ServiceOptions Place(StorageBackend target = StorageBackend.Sqlite)
    {
        var place = Directory.CreateDirectory(Path.Combine(folder, "elsewhere")).FullName;
        File.Copy(federated.Service.Options.SealingKey.File!, Path.Combine(place, "sealing.key"), overwrite: true);
        var fresh = ServiceUnderTest.OptionsIn(place, target);
        return federated.Service.Options with
        {
            StateDirectory = place,
            SealingKey = fresh.SealingKey,
            Storage = fresh.Storage,
        };
    }

    private static void Edit(string path, Func<List<string>, List<string>> edit) =>
        File.WriteAllBytes(path, Repack(File.ReadAllBytes(path), edit));

    // By who has the sealing key: one table without rows.
    private void WriteSealed(BackupHeader header, BackupTable table)
    {
        File.Delete(BackupPath);
        using var target = BackupWriter.Create(BackupPath);
        using var writer = new BackupWriter(target);
        writer.WriteHeader(header with { Tables = [table] });
        writer.BeginTable(table);
        writer.Finish(
            new Sealer(Store.ReadKeys(federated.Service.Options.StoreSettings), header.InstallationId),
            header.InstallationId
        );
    }

    private static byte[] Repack(byte[] bytes, Func<List<string>, List<string>> edit)
    {
        using var target = new MemoryStream();
        using (
            var packed = new System.IO.Compression.GZipStream(target, System.IO.Compression.CompressionLevel.Fastest)
        )
        {
            packed.Write(Encoding.UTF8.GetBytes(string.Concat(edit(Lines(bytes)).Select(line => line + "\n"))));
        }

        return target.ToArray();
    }

    private static List<string> Lines(byte[] bytes)
    {
        using var packed = new System.IO.Compression.GZipStream(
            new MemoryStream(bytes),
            System.IO.Compression.CompressionMode.Decompress
        );
        using var text = new StreamReader(packed);
        return [.. text.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }
}
