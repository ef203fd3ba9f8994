using System.Data.Common;
using Culvert.Ca.Keys;
using Culvert.Ca.Names;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Certificates.PlatformAuthorities;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Telemetry;
using Culvert.Platform.Certificates;

namespace Culvert.Identity.Service.Certificates.ServiceCertificates;

/// <summary>
/// Brings up the capability before the ports open (orphan sweep, platform CA, own certificates) and keeps the own
/// certificates and the issuing authority fresh while the service runs.
/// </summary>
internal sealed class ServiceCertificateRenewal(
    ApiCertificate certificates,
    PlatformCa platform,
    CertificateIssuer issuer,
    OrphanSweep sweep,
    AnchorKeys anchors,
    KeptCertificates kept,
    Derived<CertificateOptions, CertificateProfiles> profiles,
    ServiceIdentity identity,
    ServiceCertificateOptions options,
    StoreNode node,
    TimeProvider time,
    ILogger<ServiceCertificateRenewal> logger
) : BackgroundService
{
    private const int RetrySeconds = 10;

    // Asking a database that is away costs nothing and leaves nothing behind; the certificate may have expired meanwhile.
    private const int OutageRetrySeconds = 1;
    private const string Api = "api";
    private const string Machine = "machine";

    // Bounds the wait, so that changed files and a clock that jumped are noticed.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(1);

    private readonly FailureSeries failures = new(time);
    private readonly ConfiguredPair? configured = options.Configured is { } files ? new(files) : null;
    private DateTimeOffset apiDue = DateTimeOffset.MinValue;
    private DateTimeOffset machineDue = DateTimeOffset.MinValue;

    // Fingerprints of what signed the present ones: a leaf does not stay under a root that is on its way out.
    private string? apiIssuer;
    private string? machineIssuer;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await sweep.RunAsync(cancellationToken);
        }
        catch (StoreException fault)
        {
            // The store takes no writes. What is served needs none, and the recurring sweep finds these intents.
            Log.SweepFailed(logger, fault);
        }

        await anchors.FillAsync(cancellationToken);
        await RenewAsync(isStart: true, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            for (var wait = NextWait(); ; wait = await TryRenewAsync(stoppingToken))
            {
                await Task.Delay(wait, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops; so does this loop.
        }
    }

    private async Task<TimeSpan> TryRenewAsync(CancellationToken stoppingToken)
    {
        try
        {
            await RenewAsync(stoppingToken);
            failures.End();
            return NextWait();
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // The loop must survive: a certificate is due in every later hour too, and the present one still serves
            // for a third of its life.
            var wait = fault is DbException or (StoreException and not NotIssuedException)
                ? OutageRetrySeconds
                : RetrySeconds;
            if (failures.Next(fault) is { } logged)
            {
                Log.RenewalFailed(logger, logged, wait);
            }

            return TimeSpan.FromSeconds(wait);
        }
    }

    /// <summary>Renews what is due now.</summary>
    public Task RenewAsync(CancellationToken cancellationToken) => RenewAsync(isStart: false, cancellationToken);

    private async Task RenewAsync(bool isStart, CancellationToken cancellationToken)
    {
        await LoadPlatformAsync(isStart, cancellationToken);
        var now = time.GetUtcNow();
        var issuing = platform.Issuing;
        var present = issuing.Certificate.Fingerprint;
        if (configured is not null)
        {
            if (configured.ReadIfChanged() is { } pair)
            {
                certificates.UseApi(pair);
            }
        }
        else if (now >= apiDue || apiIssuer != present)
        {
            var (pair, due) = await IssueAsync(Api, issuing, ServiceNames.OfApi(identity), isStart, cancellationToken);
            certificates.UseApi(pair);
            (apiDue, apiIssuer) = (due, present);
        }

        if (now >= machineDue || machineIssuer != present)
        {
            var (pair, due) = await IssueAsync(
                Machine,
                issuing,
                ServiceNames.OfMachine(identity, node),
                isStart,
                cancellationToken
            );
            certificates.UseMachine(pair);
            (machineDue, machineIssuer) = (due, present);
        }
    }

    private async Task LoadPlatformAsync(bool isStart, CancellationToken cancellationToken)
    {
        try
        {
            await platform.LoadAsync(cancellationToken);
        }
        catch (StoreException fault) when (isStart)
        {
            // A third of the authority's life is left for its successor.
            Log.RenewalFailed(logger, fault, RetrySeconds);
            await platform.LoadAsync(renews: false, cancellationToken);
        }
    }

    private TimeSpan NextWait()
    {
        var due = configured is null && apiDue < machineDue ? apiDue : machineDue;
        var wait = due - time.GetUtcNow();
        return wait > LongestWait ? LongestWait
            : wait < ShortestWait ? ShortestWait
            : wait;
    }

    /// <returns>The pair, and when the next one is due.</returns>
    private async Task<(KeyAndCertificate Pair, DateTimeOffset Due)> IssueAsync(
        string listener,
        SigningAuthority authority,
        GrantedNames names,
        bool isStart,
        CancellationToken cancellationToken
    )
    {
        // Belongs to the pair from then on.
        var key = CertificateRequests.NewKey();
        var outcome = await issuer.IssueAsync(
            new IssuanceJob
            {
                Kind = CertificateKind.Service,
                Authority = authority,
                Profile = profiles.Value.Service,
                PublicKey = SubjectPublicKey.TryParse(key.ExportSubjectPublicKeyInfo())!,
                Names = names,
                Identity = ServiceNames.CreateIdentity(identity, node),
                Cause = AuditCause.System,
                DespiteClock = isStart,
            },
            cancellationToken
        );
        var issuedBy = authority.Certificate.Fingerprint;
        if (outcome.Document is { } document)
        {
            kept.Keep(listener, names, issuedBy, document, key);
            return (KeyAndCertificate.Create(document, key), document.RenewAfter);
        }

        var why = outcome.Refusal?.Message ?? outcome.Conflict?.ToString() ?? "";
        if (isStart && kept.Find(listener, names, issuedBy) is { } former)
        {
            Log.StartsWithKeptCertificate(logger, listener, former.NotAfter.UtcDateTime, why);
            return (former, DateTimeOffset.MinValue);
        }

        var message = $"No certificate for the service itself: {why}";
        throw outcome.Refusal?.Code == StorageErrors.Unavailable
            ? new StoreException(message)
            : new NotIssuedException(message);
    }

    /// <summary>The store took the intent, and the signing key or a rule refused: each attempt leaves an intent behind.</summary>
    private sealed class NotIssuedException(string message) : StoreException(message);
}
