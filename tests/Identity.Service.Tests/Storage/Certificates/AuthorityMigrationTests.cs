using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Certificates;
using Culvert.Identity.Service.Storage.Sqlite;
using Dapper;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Storage.Certificates;

/// <summary>Authorities of a database that knew only sealed ones.</summary>
public sealed class AuthorityMigrationTests : IDisposable
{
    private const int Registry = 310;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("culvert-authority-migration-");

    [Theory]
    [InlineData("csr_issued")]
    [InlineData("active")]
    public async Task Apply_AuthoritiesThatExist_AreKeptAsTheyWere(string state)
    {
        var file = Path.Combine(folder.FullName, "identity.db");
        SqliteDatabase.Create(file);
        using var database = new SqliteDatabase(file);
        using var connection = database.OpenWrite();
        var all = Migrator.Pending(connection);
        Apply(all.Where(migration => migration.Number < Registry));
        connection.Execute(
            "INSERT INTO certificate_authorities (id, ordinal, organization_id, workspace_id, tunnel_id, name, custody, "
                + "state, public_key, sealed_key, csr_pem, submitted_by, created_at_ms) VALUES ('ca_1', 7, 'org', 'ws', "
                + "'tnl_1', 'old', 'sealed', @state, x'01', x'02', 'csr', 'key_1', 1000)",
            new { state }
        );

        Apply(all.Where(migration => migration.Number >= Registry));

        var kept = (
            await new TunnelAuthorityStore(database).FindAsync("ca_1", TestContext.Current.CancellationToken)
        ).ShouldNotBeNull();
        kept.State.ShouldBe(AuthorityStates.Parse(state));
        kept.Custody.ShouldBe(AuthorityCustody.Sealed);
        kept.Ordinal.ShouldBe(7);
        kept.SealedKey.ShouldBe([2]);
        kept.SubmittedPerson.ShouldBe("key_1");
        kept.RegistrationEnds.ShouldBe(DateTimeOffset.FromUnixTimeMilliseconds(1000).AddDays(30));
        return;

        void Apply(IEnumerable<Migration> migrations)
        {
            foreach (var migration in migrations)
            {
                Migrator.Apply(database, connection, migration);
            }
        }
    }

    public void Dispose() => folder.Delete(recursive: true);
}
