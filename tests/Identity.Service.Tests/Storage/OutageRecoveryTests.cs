using System.Reflection;
using Culvert.Identity.Service.Exchange;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tokens.Revocations;
using Culvert.Identity.Service.Tokens.SigningKeys;
using Culvert.Testing;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Storage;

/// <summary>
/// A reading that fails while the database is away makes a node refuse; the node is back a second after its database,
/// whatever that reading was for and whenever the next one of its kind is due.
/// </summary>
[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class OutageRecoveryTests : IAsyncLifetime
{
    // What each holder reads, and an occasion on which it reads.
    private static readonly Dictionary<Type, Holder> Holders = new()
    {
        [typeof(RevocationSet)] = new(
            "token_revocations",
            service => service.Get<RevocationSet>().IsStale,
            service => Advance(service, TimeSpan.FromMinutes(1))
        ),
        [typeof(SigningKeyRing)] = new(
            "token_signing_keys",
            service => service.Get<SigningKeyRing>().IsStale,
            service => Advance(service, TimeSpan.FromMinutes(10))
        ),
        [typeof(FederationDirectory)] = new(
            "federation_changes",
            service => service.Get<FederationDirectory>().IsStale,
            async service => await service.Get<FederationDirectory>().TryRefreshAsync(CancellationToken.None)
        ),
        [typeof(IssuerControls)] = new(
            "federation_issuer_kills",
            service => service.Get<IssuerControls>().IsStale,
            async service =>
                await service
                    .Get<IJournal>()
                    .CommitAsync(
                        new Decision
                        {
                            Statements = [new Statement("UPDATE federation_sequence SET value = value WHERE id = 1")],
                            Changes = ChangeTopics.IssuerKeys,
                        },
                        CancellationToken.None
                    )
        ),
    };

    // Of the retries alone: no reading that is due by the service's own clock can help.
    private readonly FakeTimeProvider retries = new();
    private ServiceUnderTest service = null!;

    public static TheoryData<string> Names => [.. Holders.Keys.Select(type => type.Name)];

    public async ValueTask InitializeAsync() =>
        service = await ServiceUnderTest.StartAsync(services =>
            services.Replace(
                ServiceDescriptor.Singleton(provider => new ChangeHub(
                    retries,
                    provider.GetRequiredService<JournalOptions>(),
                    NullLogger<ChangeHub>.Instance
                ))
            )
        );

    public ValueTask DisposeAsync() => service.DisposeAsync();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Reading_FailedOnce_IsRepeatedUntilItSucceeds(string name)
    {
        var cancel = TestContext.Current.CancellationToken;
        var holder = Holders.Single(one => one.Key.Name == name).Value;
        holder.IsStale(service).ShouldBeFalse();
        Sql($"ALTER TABLE {holder.Table} RENAME TO away");
        await holder.ReadAsync(service);
        await Eventually.UntilAsync(() => holder.IsStale(service), cancel);

        Sql($"ALTER TABLE away RENAME TO {holder.Table}");
        await Eventually.UntilAsync(
            () => !holder.IsStale(service),
            cancel,
            () => retries.Advance(TimeSpan.FromSeconds(1))
        );

        (await service.Get<GrantGate>().Readiness.Evaluate(cancel)).ShouldBeNull();
    }

    [Fact]
    public void EveryHolderOfCommittedState_IsTested() =>
        typeof(CommittedState)
            .Assembly.GetTypes()
            .Where(type =>
                type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic)
                    .Any(field => field.FieldType == typeof(CommittedState))
            )
            .ShouldBe(Holders.Keys, ignoreOrder: true);

    [Fact]
    public async Task Read_FailedOutsideOfAChange_IsRepeatedAfterOneSecondAndEachSecondAfterIt()
    {
        using var hub = new ChangeHub(retries, new JournalOptions(), NullLogger<ChangeHub>.Instance);
        using var state = new CommittedState(hub, ChangeTopics.Revocations);
        var (readings, isAway) = (0, false);
        state.Follow(ReadAsync);
        await ReadAsync(TestContext.Current.CancellationToken);

        isAway = true;
        await Should.ThrowAsync<IOException>(() => ReadAsync(TestContext.Current.CancellationToken));
        for (var second = 1; second <= 3; second++)
        {
            await MoveASecondAsync();
            state.IsStale.ShouldBeTrue();
            Volatile.Read(ref readings).ShouldBe(2 + second);
        }

        Volatile.Write(ref isAway, false);
        await MoveASecondAsync();
        await Eventually.UntilAsync(() => !state.IsStale, TestContext.Current.CancellationToken);
        retries.PendingTimers.ShouldBe(0, "once it succeeded it is not repeated");
        Volatile.Read(ref readings).ShouldBe(6);

        // The only timer of this clock is the pause before the next reading.
        async Task MoveASecondAsync()
        {
            var before = Volatile.Read(ref readings);
            await Eventually.UntilAsync(() => retries.PendingTimers == 1, TestContext.Current.CancellationToken);
            retries.Advance(TimeSpan.FromSeconds(1));
            await Eventually.UntilAsync(
                () => Volatile.Read(ref readings) > before,
                TestContext.Current.CancellationToken
            );
        }

        Task ReadAsync(CancellationToken cancellationToken) =>
            state.ReadAsync(
                _ =>
                {
                    Interlocked.Increment(ref readings);
                    return Volatile.Read(ref isAway) ? throw new IOException("database") : Task.CompletedTask;
                },
                cancellationToken
            );
    }

    [Fact]
    public async Task Change_DuringThePauseBeforeARetry_TakesEffectAtOnce()
    {
        using var hub = new ChangeHub(retries, new JournalOptions(), NullLogger<ChangeHub>.Instance);
        using var state = new CommittedState(hub, ChangeTopics.Revocations);
        var isAway = true;
        state.Follow(ReadAsync);
        await Should.ThrowAsync<IOException>(() => ReadAsync(TestContext.Current.CancellationToken));
        await Eventually.UntilAsync(() => retries.PendingTimers == 1, TestContext.Current.CancellationToken);
        Volatile.Write(ref isAway, false);

        hub.Observe(ChangeCounters.From([((long)ChangeTopics.Revocations, 1)]));
        await hub.WhenDeliveredAsync(ChangeTopics.Revocations);

        state.IsStale.ShouldBeFalse();

        Task ReadAsync(CancellationToken cancellationToken) =>
            state.ReadAsync(
                _ => Volatile.Read(ref isAway) ? throw new IOException("database") : Task.CompletedTask,
                cancellationToken
            );
    }

    private static Task Advance(ServiceUnderTest service, TimeSpan by)
    {
        service.Time.Advance(by);
        return Task.CompletedTask;
    }

    private void Sql(string sql)
    {
        using var connection = service.Get<Database>().OpenWrite();
        connection.Execute(sql);
    }

    private sealed record Holder(
        string Table,
        Func<ServiceUnderTest, bool> IsStale,
        Func<ServiceUnderTest, Task> ReadAsync
    );
}
