using Culvert.Identity.Service.Console.Sessions;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Console;

/// <summary>The contract of <see cref="ConsoleSessionStore"/>.</summary>
public abstract class ConsoleSessionStoreTests : IDisposable
{
    private const string Organization = "00000000-0000-4000-8000-000000000001";
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private readonly StoreUnderTest store;
    private readonly ConsoleSessionStore sessions;
    private readonly byte[] hash = [.. Enumerable.Repeat((byte)7, 32)];

    protected ConsoleSessionStoreTests(StorageBackend backend)
    {
        store = new(backend);
        sessions = new ConsoleSessionStore(store.Store.Database);
        store.Sql($"INSERT INTO organizations (id, name, created_at_ms) VALUES ('{Organization}', 'o', 0)");
    }

    public sealed class OnSqlite() : ConsoleSessionStoreTests(StorageBackend.Sqlite);

    public sealed class OnPostgres() : ConsoleSessionStoreTests(StorageBackend.Postgres);

    private DateTimeOffset Now => store.Time.GetStoreNow();

    [Fact]
    public async Task Insert_ThenFind_GivesTheSame()
    {
        var session = New() with { Issuer = "https://login.test", Subject = "ada", Roles = ["viewer", "approver"] };

        await CommitAsync(sessions.Insert(session, hash));

        var found = (await sessions.FindAsync(hash, Cancel)).ShouldNotBeNull();
        found.Roles.ShouldBe(session.Roles);
        (found with { Roles = session.Roles }).ShouldBe(session);
        (await sessions.FindAsync(new byte[32], Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task Used_Later_MovesForwardAlone()
    {
        var session = New();
        await CommitAsync(sessions.Insert(session, hash));

        await CommitAsync(sessions.Used(session.Id, Now + TimeSpan.FromMinutes(5)));
        await CommitAsync(sessions.Used(session.Id, Now + TimeSpan.FromMinutes(3)));

        (await sessions.FindAsync(hash, Cancel))!.UsedAt.ShouldBe(Now + TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task End_Session_IsUnknownAndMayBeEndedAgain()
    {
        var session = New() with { AdminKeyId = "key_1" };
        await CommitAsync(sessions.Insert(session, hash));

        await CommitAsync(sessions.End(session.Id));
        await CommitAsync(sessions.End(session.Id));

        (await sessions.FindAsync(hash, Cancel)).ShouldBeNull();
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task DropExpired_AtAndAfterItsEnd_DropsWhatIsPast(int secondsAfter, bool lives)
    {
        var session = New();
        await CommitAsync(sessions.Insert(session, hash));

        await CommitAsync(sessions.DropExpired(session.ExpiresAt + TimeSpan.FromSeconds(secondsAfter)));

        (await sessions.FindAsync(hash, Cancel) is not null).ShouldBe(lives);
    }

    public void Dispose()
    {
        store.Dispose();
        GC.SuppressFinalize(this);
    }

    private ConsoleSession New() =>
        new()
        {
            Id = "cses_1",
            OrganizationId = Organization,
            Name = "Ada",
            CreatedAt = Now,
            ProvenAt = Now,
            UsedAt = Now,
            ExpiresAt = Now + TimeSpan.FromHours(8),
        };

    private async Task CommitAsync(Statement statement) =>
        (await store.Journal.CommitAsync(new Decision { Statements = [statement] }, Cancel)).IsCommitted.ShouldBeTrue();
}
