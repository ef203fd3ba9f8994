using System.Text.RegularExpressions;
using Culvert.Identity.Service.Backup;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Dapper;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Backup;

/// <summary>
/// What authenticates or decides ends with a restore, or is one of what docs/backup.md lists as staying valid. A new column
/// with a secret has to be in one of the two.
/// </summary>
[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed partial class RestoredCredentialsTests : IAsyncLifetime
{
    private const string AfterTheRestore = "after the restore";

    // What counts those that still work.
    private static readonly Dictionary<string, string> Ended = new(StringComparer.Ordinal)
    {
        ["admin_keys.secret_hash"] =
            $"SELECT COUNT(*) FROM admin_keys WHERE revoked_at_ms IS NULL AND name <> '{AfterTheRestore}'",
        ["console_sessions.token_hash"] = "SELECT COUNT(*) FROM console_sessions",
        ["oauth_grants.sealed_person"] = "SELECT COUNT(*) FROM oauth_grants",
        ["connection_grants.sealed_grant"] = "SELECT COUNT(*) FROM connection_grants",
        ["relying_parties.secret_hash"] = "SELECT COUNT(*) FROM relying_parties WHERE secret_hash IS NOT NULL",
        ["webhooks.can_decide"] = "SELECT COUNT(*) FROM webhooks WHERE can_decide = 1",
        ["assertion_signing_keys.private_key"] = "SELECT COUNT(*) FROM assertion_signing_keys",
        ["token_signing_keys.private_key"] = "SELECT COUNT(*) - 1 FROM token_signing_keys",
    };

    // Always there, and what needs a person's sign-in.
    private static readonly HashSet<string> Elsewhere =
    [
        "assertion_signing_keys.private_key",
        "token_signing_keys.private_key",
        "oauth_grants.sealed_person",
        "connection_grants.sealed_grant",
    ];

    // Tunnel tokens, the keys of authorities, and what only the service itself opens.
    private static readonly HashSet<string> Stay =
    [
        "tunnels.token_hash",
        "tunnels.token_sealed",
        "webhooks.sealed_secret",
        "signal_streams.sealed_poll_token",
        "connections.sealed_client_secret",
        "platform_authorities.sealed_key",
        "certificate_authorities.sealed_key",
        "transparency_keys.sealed_key",
        "federation_issuer_key_sets.sealed_document",
        "federation_issuer_key_sets.sealed_state",
        "installation.sealing_canary",
    ];

    // Hashes of other things than credentials, and facts about secrets.
    private static readonly HashSet<string> NoSecrets =
    [
        "enrollments.token_subject_hash",
        "edge_enrollments.token_subject_hash",
        "oauth_grants.subject_hash",
        "connection_grants.subject_hash",
        "inactive_people.subject_hash",
        "agent_reports.static_secrets",
        "connections.client_secret_set_at_ms",
    ];

    private readonly string folder = Directory.CreateTempSubdirectory("culvert-backup-").FullName;
    private ServiceUnderTest service = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => service = await ServiceUnderTest.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await service.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void EveryColumnWithASecret_EndsOrStays()
    {
        using var connection = service.Get<Database>().OpenWrite();

        service
            .Get<Database>()
            .DescribeTables(connection)
            .SelectMany(entry => entry.Table.Columns.Select(column => $"{entry.Table.Name}.{column.Name}"))
            .Where(name => Secret().IsMatch(name))
            .ShouldBe([.. Ended.Keys, .. Stay, .. NoSecrets], ignoreOrder: true);
    }

    [Fact]
    public async Task Restored_NothingOfThemWorks()
    {
        var tunnel = await service.Api.PostOkAsync("/v1/tunnels");
        await service.Api.PostOkAsync($"/v1/tunnels/{tunnel.Id()}/relying_parties", """{"name":"product"}""");
        await service.Api.PostOkAsync(
            "/v1/webhooks",
            """{"url":"https://hooks.example.com/culvert","can_decide":true}"""
        );
        using (var connection = service.Get<Database>().OpenWrite())
        {
            await connection.ExecuteAsync(
                "INSERT INTO console_sessions (token_hash, id, organization_id, name, roles, created_at_ms, proven_at_ms, "
                    + "used_at_ms, expires_at_ms) VALUES (@hash, 'one', @organization, 'Ada', '', 0, 0, 0, 0)",
                new { hash = new byte[32], organization = tunnel.Text("organization_id") }
            );
            foreach (var (name, sql) in Ended.Where(one => !Elsewhere.Contains(one.Key)))
            {
                (await connection.ExecuteScalarAsync<long>(sql)).ShouldBeGreaterThan(0, name);
            }
        }

        var path = Path.Combine(folder, "backup");
        await BackupMaker.WriteAsync(service.Options, path, service.Time, _ => { }, Cancel);
        await using var restored = await service.RestoreElsewhereAsync(
            path,
            new RestoreChoice([], [], NothingLater: true)
        );

        using var after = restored.Get<Database>().OpenWrite();
        foreach (var (name, sql) in Ended)
        {
            (await after.ExecuteScalarAsync<long>(sql)).ShouldBe(0, name);
        }
    }

    [GeneratedRegex("secret|_hash$|sealed|sealing|private_key|can_decide")]
    private static partial Regex Secret();
}
