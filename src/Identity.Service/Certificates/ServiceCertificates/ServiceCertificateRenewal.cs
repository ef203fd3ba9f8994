using System.Data.Common;
using Culvert.Ca.Keys;
using Culvert.Ca.Names;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Certificates.PlatformAuthorities;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Telemetry;
using Culvert.Platform.Certificates;

namespace Culvert.Identity.Service.Certificates.ServiceCertificates;

/// <summary>
/// Prepares the capability before the ports open (orphan sweep, platform CA, own certificates), and renews the
/// service's certificates and the issuing authority.
/// </summary>
internal sealed class ServiceCertificateRenewal(
    ApiCertificate certificates,
    PlatformCa platform,
    CertificateIssuer issuer,
    OrphanSweep sweep,
    AnchorKeys anchors,
    ServiceCertificateFile kept,
    Derived<CertificateOptions, CertificateProfiles> profiles,
    ServiceIdentity identity,
    ServiceCertificateOptions options,
    StoreNode node,
    TimeProvider time,
    ILogger<ServiceCertificateRenewal> logger
) : BackgroundService
{
    private const int RetrySeconds = 10;

    // Retrying an unavailable database is cheap and leaves no rows; the certificate may have expired in the meantime.
    private const int OutageRetrySeconds = 1;
    private const string Api = "api";
    private const string Machine = "machine";

    // Limits the wait, so that changed files and clock jumps are noticed.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(1);

    private readonly FailureSeries failures = new(time);
    private readonly ConfiguredPair? configured = options.Configured is { } files ? new(files) : null;
    private DateTimeOffset apiDue = DateTimeOffset.MinValue;
    private DateTimeOffset machineDue = DateTimeOffset.MinValue;

    // Fingerprints of the issuers of the current certificates: a leaf is replaced when its root is retiring.
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
            // The store takes no writes. Serving needs none, and the recurring sweep finds these intents.
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
            // The service is stopping.
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
            // The loop must not end: later renewals need it, and the current certificate stays valid for a while.
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
            // A third of the authority's lifetime is left for its renewal.
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

    private async Task<(KeyAndCertificate Pair, DateTimeOffset Due)> IssueAsync(
        string listener,
        SigningAuthority authority,
        GrantedNames names,
        bool isStart,
        CancellationToken cancellationToken
    )
    {
        // The pair owns the key from then on.
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
                Request = LeafRequest.System,
                DespiteClock = isStart,
            },
            cancellationToken
        );
        var issuedBy = authority.Certificate.Fingerprint;
        if (outcome.Document is { } document)
        {
            kept.Save(listener, names, issuedBy, document, key);
            return (KeyAndCertificate.Create(document, key), document.RenewAfter);
        }

        var why = outcome.Refusal!.Message;
        if (isStart && kept.Find(listener, names, issuedBy) is { } former)
        {
            Log.StartsWithKeptCertificate(logger, listener, former.NotAfter.UtcDateTime, why);
            return (former, DateTimeOffset.MinValue);
        }

        var message = $"No certificate for the service itself: {why}";
        throw outcome.Refusal.Code == StorageErrors.Unavailable
            ? new StoreException(message)
            : new NotIssuedException(message);
    }

    /// <summary>The intent was committed but nothing was signed: each attempt leaves an intent in the store.</summary>
    private sealed class NotIssuedException(string message) : StoreException(message);
}
