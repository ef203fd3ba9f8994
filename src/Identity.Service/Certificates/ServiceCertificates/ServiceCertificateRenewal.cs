using Culvert.Ca.Keys;
using Culvert.Ca.Names;
using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Certificates.PlatformAuthorities;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Certificates;
using Culvert.Platform.Wire;

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
    CertificateProfiles profiles,
    ServiceOptions options,
    StoreNode node,
    TimeProvider time,
    ILogger<ServiceCertificateRenewal> logger
) : BackgroundService
{
    private const int RetrySeconds = 10;

    // Bounds the wait, so that changed files and a clock that jumped are noticed.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(1);

    private readonly ConfiguredPair? configured = options.ApiCertificate is { } files ? new(files) : null;
    private DateTimeOffset apiDue = DateTimeOffset.MinValue;
    private DateTimeOffset machineDue = DateTimeOffset.MinValue;

    // Fingerprints of what signed the present ones: a leaf does not stay under a root that is on its way out.
    private string? apiIssuer;
    private string? machineIssuer;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await sweep.RunAsync(cancellationToken);
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
            return NextWait();
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // The loop must survive: a certificate is due in every later hour too, and the present one still serves
            // for a third of its life.
            Log.RenewalFailed(logger, fault, RetrySeconds);
            return TimeSpan.FromSeconds(RetrySeconds);
        }
    }

    /// <summary>Renews what is due now.</summary>
    public Task RenewAsync(CancellationToken cancellationToken) => RenewAsync(isStart: false, cancellationToken);

    private async Task RenewAsync(bool isStart, CancellationToken cancellationToken)
    {
        await platform.LoadAsync(cancellationToken);
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
            var (pair, issued) = await IssueAsync(issuing, ServiceNames.OfApi(options), isStart, cancellationToken);
            certificates.UseApi(pair);
            (apiDue, apiIssuer) = (issued.RenewAfter, present);
        }

        if (now >= machineDue || machineIssuer != present)
        {
            var (pair, issued) = await IssueAsync(
                issuing,
                ServiceNames.OfMachine(options, node),
                isStart,
                cancellationToken
            );
            certificates.UseMachine(pair);
            (machineDue, machineIssuer) = (issued.RenewAfter, present);
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

    private async Task<(KeyAndCertificate Pair, CertificateDocument Issued)> IssueAsync(
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
                Profile = profiles.Service,
                PublicKey = SubjectPublicKey.TryParse(key.ExportSubjectPublicKeyInfo())!,
                Names = names,
                Identity = ServiceNames.IdentityOf(options, node),
                Actor = AuditActor.System,
                DespiteClock = isStart,
            },
            cancellationToken
        );
        return outcome.Document is { } document
            ? (KeyAndCertificate.Create(document, key), document)
            : throw new StoreException(
                $"No certificate for the service itself: {outcome.Refusal?.Message ?? outcome.Conflict?.ToString()}"
            );
    }
}
