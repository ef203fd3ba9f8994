using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>
/// One issuer's key cache with a scripted network, a scripted store, and a clock that does not advance.
/// </summary>
internal sealed class KeyCacheBench : IIssuerKeyStore, IIssuerControlStore, IJournal, IChanges
{
    private static readonly ECDsa[] Signers =
    [
        .. Enumerable.Range(0, 4).Select(_ => ECDsa.Create(ECCurve.NamedCurves.nistP256)),
    ];

    private readonly List<Func<CancellationToken, Task>> handlers = [];
    private readonly IssuerKeyServices services;

    public KeyCacheBench(FetchOptions? options = null, string? jwksDirectory = null)
    {
        Controls = new IssuerControls(this, this, NullLogger<IssuerControls>.Instance);
        Issuer = new Issuer
        {
            Id = IssuerId.New(),
            OrganizationId = "org",
            Name = "idp",
            Url = "https://idp.test",
            KeySource = new UrlKeySource("https://idp.test/jwks", null),
            MaxJwtLifetimeSeconds = 3600,
            AllowedTargets = [],
            Stamps = ChangeStamps.Created(Time.GetUtcNow(), "key"),
        };
        Federation = new(new FederationOptions { Fetch = options ?? new FetchOptions() });
        services = new IssuerKeyServices(
            new KeySetFetch(Network, new KeyFile(() => jwksDirectory)),
            new IssuerKeyRecorder(this, this, this, Time, NullLogger<IssuerKeyRecorder>.Instance),
            Controls,
            Federation,
            Time,
            NullLogger<IssuerKeys>.Instance
        );
    }

    public Current<FederationOptions> Federation { get; }

    public FakeTimeProvider Time { get; } = new();

    public ScriptedIssuerFetcher Network { get; } = new();

    public IssuerControls Controls { get; }

    public Issuer Issuer { get; set; }

    public StoredKeySet? Stored { get; set; }

    public List<AuditEvent> Events { get; } = [];

    public List<StoredKill> Kills { get; } = [];

    public List<StoredPause> Pauses { get; } = [];

    public bool IsBlind { get; set; }

    public bool IsCurrent(ChangeTopics topics) => !IsBlind;

    public bool IsHealthy => true;

    public static string Thumbprint(string keyId, int signer)
    {
        Culvert.Jose.Keys.JwkSet.TryParse(Encoding.UTF8.GetBytes(Set((keyId, signer))), out var set);
        return set!.Keys[0].Thumbprint;
    }

    /// <summary>A key set of these names and signers.</summary>
    public static string Set(params (string KeyId, int Signer)[] keys) =>
        new JsonObject
        {
            ["keys"] = new JsonArray([
                .. keys.Select(key =>
                {
                    var p = Signers[key.Signer].ExportParameters(includePrivateParameters: false);
                    return new JsonObject
                    {
                        ["kty"] = "EC",
                        ["crv"] = "P-256",
                        ["kid"] = key.KeyId,
                        ["x"] = TestIdentityProvider.Encode(p.Q.X!),
                        ["y"] = TestIdentityProvider.Encode(p.Q.Y!),
                    };
                }),
            ]),
        }.ToJsonString();

    /// <summary>A new cache, as after a start of the service.</summary>
    public async Task<IssuerKeys> StartAsync()
    {
        await Controls.StartAsync(TestContext.Current.CancellationToken);
        var keys = new IssuerKeys(Issuer, services);
        if (Stored is not null)
        {
            keys.Restore(Stored);
        }

        return keys;
    }

    public void Serve(string set, string? entityTag = null, TimeSpan? maxAge = null) =>
        Network.Answer = _ => Task.FromResult(FetchedDocument.From(Encoding.UTF8.GetBytes(set), entityTag, maxAge));

    public void Fail() =>
        Network.Answer = _ => Task.FromResult(FetchedDocument.Failed("issuer.unreachable", "nobody answers"));

    /// <summary>Moves the clock, and lets the poll that falls due there run to its end.</summary>
    public async Task PassAsync(IssuerKeys keys, TimeSpan time)
    {
        Time.Advance(time);
        if (keys.PollIfDue(isAsked: false) is { } fetching)
        {
            await fetching;
        }

        await keys.RecordingAsync();
    }

    /// <summary>Polls as the service would, up to that time from now.</summary>
    public async Task PollForAsync(IssuerKeys keys, TimeSpan time)
    {
        var end = Time.GetUtcNow() + time;
        while (keys.NextPollAt is { } due && due <= end)
        {
            var now = Time.GetUtcNow();
            await PassAsync(keys, due > now ? due - now : TimeSpan.Zero);
        }

        await PassAsync(keys, end - Time.GetUtcNow());
    }

    public async Task ChangeAsync()
    {
        foreach (var handler in handlers)
        {
            await handler(CancellationToken.None);
        }
    }

    public ValueTask<IReadOnlyDictionary<string, StoredKeySet>> AllAsync(CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task SaveAsync(IssuerId issuer, StoredKeySet set, AuditEvent? change, CancellationToken cancellationToken)
    {
        Stored = set;
        if (change is not null)
        {
            Events.Add(change);
        }

        return Task.CompletedTask;
    }

    public Task TouchAsync(IssuerId issuer, StoredKeySet set, CancellationToken cancellationToken)
    {
        Stored = set with { Document = Stored!.Document };
        return Task.CompletedTask;
    }

    ValueTask<(IReadOnlyList<StoredKill> Kills, IReadOnlyList<StoredPause> Pauses)> IIssuerControlStore.AllAsync(
        CancellationToken cancellationToken
    ) => new(([.. Kills], [.. Pauses]));

    public ValueTask<IReadOnlyList<StoredKill>> KillsOfAsync(IssuerId issuer, CancellationToken cancellationToken) =>
        new([.. Kills]);

    public Statement Kill(StoredKill line) => throw new NotSupportedException();

    public IReadOnlyList<Statement> Undo(IssuerId issuer, string cause) => throw new NotSupportedException();

    public Statement Pause(StoredPause pause)
    {
        Pauses.Add(pause);
        return new Statement("");
    }

    public Statement Resume(IssuerId issuer)
    {
        Pauses.Clear();
        return new Statement("");
    }

    public async ValueTask<CommitResult> CommitAsync(Decision decision, CancellationToken cancellationToken)
    {
        Events.Add(decision.Event!);
        if (decision.Changes != ChangeTopics.None)
        {
            await ChangeAsync();
        }

        return default!;
    }

    public Action Subscribe(ChangeTopics topics, Func<CancellationToken, Task> handler)
    {
        handlers.Add(handler);
        return () => { };
    }

    public Task WhenDeliveredAsync(ChangeTopics topics) => Task.CompletedTask;
}
