using System.Security.Cryptography.X509Certificates;
using Culvert.Machine.Client.Calls;
using Culvert.Machine.Client.Dialects;
using Culvert.Machine.Client.Stored;
using Culvert.Platform.Certificates;
using Culvert.Platform.Programs;
using Culvert.Platform.Wire;

namespace Culvert.Machine.Client.Credentials;

/// <summary>
/// Gets a leaf certificate for inner TLS from the tunnel's active authority and renews it, each time with a new key. It
/// is also replaced as soon as the tunnel's trust bundle no longer vouches for it, since clients then refuse it.
/// </summary>
/// <param name="domain">The domain of another provider's tunnel; null: the tunnel's own, from the feed.</param>
/// <param name="keyType">Key type; null: no leaf is requested.</param>
internal sealed class ServerCertificateLoop(
    LoopContext<AgentFeed> context,
    string? domain,
    KeyType? keyType,
    CredentialMetrics metrics,
    Func<KeyAndCertificate, CancellationToken, ValueTask> changed
)
{
    private const string NotFromService =
        "The tunnel has no authority that issues; set certificates.source to files, or activate one.";

    private const string NoAuthority =
        "The tunnel has no authority that issues; activate one, or set certificate_file and key_file of the provider's tunnel.";

    private const string AheadOfTheBundle =
        "The trust bundle in force does not vouch for the new certificate; the feed brings a later one.";

    private readonly AsyncSignal signal = new(context.Time);
    private readonly RetrySchedule retries = new(context.Time, context.Unit);
    private readonly RepeatedRequest repeated = new();
    private volatile Request requested = new(keyType);
    private volatile KeyAndCertificate? current;
    private volatile ApiFailure? lastFailure;
    private volatile CertificateDocument? document;
    private bool isRestored;

    private DateTimeOffset renewAt;
    private long judgedEpoch = -1;

    private CredentialState<AgentFeed> State => context.State;

    /// <summary>The current leaf; null before the first.</summary>
    public KeyAndCertificate? Current => current;

    /// <summary>Why the last request failed; null after a success.</summary>
    public ApiFailure? Failure => lastFailure;

    /// <summary>The service's description of the current leaf; null before the first.</summary>
    public CertificateDocument? Document => document;

    /// <summary>Whether a new leaf is due, whatever the result of the last attempt.</summary>
    public bool IsDue => IsRequested && State.Feed is { } feed && IsFromService(feed) && DueAt(feed) <= context.Now;

    /// <summary>False: the leaf has another source.</summary>
    public bool IsRequested => requested.KeyType is not null;

    /// <summary>Sets the type of the next key; null: no leaf is requested, and the last is not renewed.</summary>
    public void Use(KeyType? next)
    {
        if (next != requested.KeyType)
        {
            requested = new Request(next);
            signal.Set();
        }
    }

    public void Wake() => signal.Set();

    public void RetryNow()
    {
        retries.Waive();
        signal.Set();
    }

    public async Task RestoreAsync(CancellationToken cancellationToken)
    {
        if (!IsRequested || isRestored)
        {
            return;
        }

        isRestored = true;
        if (context.Store.LoadServerCertificate(domain) is not { } stored || stored.Certificate.NotAfter <= context.Now)
        {
            return;
        }

        try
        {
            var certificates = stored.Certificate.CertificatePem + "\n" + stored.Certificate.ChainPem;
            await UseAsync(
                stored.Certificate,
                KeyAndCertificate.FromPem(certificates, stored.KeyPem),
                cancellationToken
            );
        }
        catch (CertificateUnusableException)
        {
            StateLog.StateUnreadable(context.Log, "The stored server certificate");
        }
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (requested.KeyType is not { } keyType)
            {
                (current, lastFailure, document, isRestored) = (null, null, null, false);
                await signal.WaitAsync(TimeSpan.MaxValue, cancellationToken);
                await RestoreAsync(cancellationToken);
                continue;
            }

            if (State is not { Client: { } client, Feed: { } feed } || !IsFromService(feed))
            {
                lastFailure = State.Feed is null ? null : Unusable(domain is null ? NotFromService : NoAuthority);
                await signal.WaitAsync(TimeSpan.MaxValue, cancellationToken);
                continue;
            }

            var wait = TimeUntilDue(feed);
            if (wait > TimeSpan.Zero)
            {
                await signal.WaitAsync(wait, cancellationToken);
                continue;
            }

            retries.Begin();
            var failure = await RequestAsync(client, feed, keyType, cancellationToken);
            lastFailure = failure;
            metrics.CountRenewal("server", failure);
            if (failure is null)
            {
                retries.Succeed();
                continue;
            }

            var delay = retries.Fail(failure, document?.NotAfter);
            Log.ServerCertificateFailed(context.Log, failure, Math.Round(delay.TotalSeconds, 1));
        }
    }

    private static bool IsFromService(AgentFeed feed) => feed.ServerCertificateMode == ServerCertificateMode.Service;

    private TimeSpan TimeUntilDue(AgentFeed feed)
    {
        var (due, retry) = (DueAt(feed), retries.NotBefore);
        return (due > retry ? due : retry) - context.Now;
    }

    private DateTimeOffset DueAt(AgentFeed feed) =>
        current is not { } present || IsRevoked() || IsDisowned(present, feed)
            ? context.Now
            : CalledBackAt(feed) ?? renewAt;

    // A revoked leaf is useless even if it has not expired. Serial prefixes of a restore revoke only platform certificates.
    private bool IsRevoked() => document is { } present && State.Feed?.RevokedSerials.Contains(present.Serial) == true;

    // When the service requests an early replacement of leaves of that authority; null: not for this leaf.
    private DateTimeOffset? CalledBackAt(AgentFeed feed)
    {
        if (
            document?.CaId is not { } issuer
            || feed.Renewals?.FirstOrDefault(renewal => renewal.CaId == issuer) is not { } told
        )
        {
            return null;
        }

        var at = RenewalPlan.Within(told.SuggestedWindow, RenewalPlan.GetUnit(context.Dialect.Subject));
        return at < renewAt ? at : renewAt;
    }

    // Judged once per epoch: a bundle that vouches for no obtainable leaf must not cause endless requests.
    private bool IsDisowned(KeyAndCertificate present, AgentFeed feed)
    {
        var bundle = feed.Tunnel.TrustBundle;
        if (bundle.Epoch == judgedEpoch || !CertificatePem.TryRead(bundle.Pem, out var anchors))
        {
            return false;
        }

        if (Holds(present, anchors))
        {
            judgedEpoch = bundle.Epoch;
            return false;
        }

        return true;
    }

    private async Task<ApiFailure?> RequestAsync(
        MachineClient client,
        AgentFeed feed,
        KeyType keyType,
        CancellationToken ct
    )
    {
        var request = repeated.GetOrCreate(keyType);
        var answer = await client.ServerCertificateAsync(request, domain, ct);
        repeated.Settle(answer.Failure);
        if (!answer.IsSuccess)
        {
            return answer.Failure;
        }

        try
        {
            var issued = answer.Value.Certificate;
            var pair = KeyAndCertificate.Create(issued, request.Key);
            if (Check(pair, issued, feed) is { } error)
            {
                return Unusable(error);
            }

            if (IsAheadOfTheBundle(pair))
            {
                repeated.Set(request); // usable as soon as the feed has caught up
                return Unusable(AheadOfTheBundle);
            }

            judgedEpoch = feed.Tunnel.TrustBundle.Epoch;
            // Stored first: a process that reads the folder, or a restarted agent, finds the certificate in use.
            context.Store.SaveServerCertificate(domain, issued, pair.ExportPrivateKeyPem());
            await UseAsync(issued, pair, ct);
            Log.ServerCertificateChanged(context.Log, issued.Serial, issued.CaId, issued.NotAfter);
            return null;
        }
        catch (CertificateUnusableException e)
        {
            return Unusable(e.Message);
        }
    }

    private string? Check(KeyAndCertificate pair, CertificateDocument issued, AgentFeed feed)
    {
        if (issued.NotAfter <= context.Now)
        {
            return "The new certificate is expired by this machine's clock.";
        }

        var parent = domain ?? feed.Tunnel.Domain;
        if (!pair.Certificate.MatchesHostname($"x.{parent}", allowWildcards: true, allowCommonName: false))
        {
            return $"The new certificate is not for *.{parent}.";
        }

        return null;
    }

    // After an authority's change the feed may be behind. Clients may have no newer bundle either, so the leaf that the
    // bundle vouches for stays in use until the feed has caught up.
    private bool IsAheadOfTheBundle(KeyAndCertificate pair) =>
        State.Feed is { } feed
        && current is { } present
        && present.NotAfter > context.Now
        && !IsRevoked()
        && CertificatePem.TryRead(feed.Tunnel.TrustBundle.Pem, out var anchors)
        && Holds(present, anchors)
        && !Holds(pair, anchors);

    private async Task UseAsync(CertificateDocument issued, KeyAndCertificate pair, CancellationToken ct)
    {
        document = issued;
        renewAt = RenewalPlan.RenewAt(issued, RenewalPlan.GetUnit(context.Dialect.Subject));
        current = pair;
        await changed(pair, ct);
    }

    private bool Holds(KeyAndCertificate leaf, IReadOnlyList<X509Certificate2> anchors) =>
        TrustAnchors.VouchFor(anchors, leaf, context.Now);

    private static ApiFailure Unusable(string message) =>
        new()
        {
            Kind = ApiFailureKind.Malformed,
            Operation = "server certificate",
            Message = message,
        };

    private sealed record Request(KeyType? KeyType);
}
